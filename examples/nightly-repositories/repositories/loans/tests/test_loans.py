import unittest
from datetime import timedelta

from loans import due, is_late


class LoansTest(unittest.TestCase):
    def test_a_book_that_was_lent_now_is_not_late(self):
        self.assertFalse(is_late(due()))

    def test_a_book_is_late_a_second_after_it_was_due(self):
        self.assertTrue(is_late(due(), now=due() + timedelta(seconds=1)))
