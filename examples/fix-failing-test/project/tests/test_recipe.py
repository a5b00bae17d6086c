import unittest

from simmer.phrases import clock, say
from simmer.recipe import Step, read, schedule

RAGU = """
# Ragù
20 min   Chop
3h       Simmer, lid ajar
"""


class Recipes(unittest.TestCase):
    def test_dinner_is_worked_out_backwards(self):
        plan = schedule(read(RAGU), serve_at=19 * 60 + 30)
        self.assertEqual([(clock(at), step.what) for at, step in plan], [("16:10", "Chop"), ("16:30", "Simmer, lid ajar")])

    def test_a_step_for_eight_times_the_people_takes_four_times_as_long(self):
        self.assertEqual(say(Step(1800, "Roast").scaled(8).seconds), "2 h")

    def test_a_line_without_a_time_is_named(self):
        with self.assertRaisesRegex(ValueError, "line 2"):
            read("10m  Chop\nSalt")


if __name__ == "__main__":
    unittest.main()
