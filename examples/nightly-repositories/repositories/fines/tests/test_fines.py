import unittest

from fines import CENTS_A_DAY, owed


class FinesTest(unittest.TestCase):
    def test_a_book_that_is_due_in_a_thousand_years_costs_nothing(self):
        self.assertEqual(owed("3026-01-31 18:00"), 0)

    def test_a_book_that_was_due_long_ago_costs_something(self):
        self.assertGreater(owed("2020-01-31 18:00"), 365 * CENTS_A_DAY)
