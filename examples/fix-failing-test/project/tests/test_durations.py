import unittest

from simmer.durations import parse


class Durations(unittest.TestCase):
    def test_units_add_up(self):
        self.assertEqual(parse("1h 30m"), 5400)
        self.assertEqual(parse("1 hour, 15 minutes"), 4500)

    def test_a_vulgar_fraction_is_a_number_too(self):
        self.assertEqual(parse("1½ h"), 5400)
        self.assertEqual(parse("¾ h"), 2700)

    def test_what_is_not_a_duration_is_named(self):
        with self.assertRaisesRegex(ValueError, "a while"):
            parse("1h a while")


if __name__ == "__main__":
    unittest.main()
