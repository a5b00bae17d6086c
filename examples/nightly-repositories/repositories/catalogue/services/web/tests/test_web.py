import unittest

from web import footer


class WebTest(unittest.TestCase):
    def test_the_footer_says_that_the_time_is_utc(self):
        self.assertTrue(footer().endswith("UTC"))
