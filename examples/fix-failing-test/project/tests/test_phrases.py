import unittest

from simmer.phrases import clock, say


class Phrases(unittest.TestCase):
    def test_units_that_are_zero_are_left_out(self):
        self.assertEqual(say(3900), "1 h 5 min")
        self.assertEqual(say(3605), "1 h 5 s")
        self.assertEqual(say(0), "no time")

    def test_seconds_are_rounded_to_the_nearest(self):
        self.assertEqual(say(40.4), "40 s")
        self.assertEqual(say(40.6), "41 s")

    def test_yesterday_evening_wraps_round(self):
        self.assertEqual(clock(-30), "23:30")


if __name__ == "__main__":
    unittest.main()
