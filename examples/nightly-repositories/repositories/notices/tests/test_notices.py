import unittest

from notices import gateway_is_up, letter


class NoticesTest(unittest.TestCase):
    def test_a_letter_names_reader_and_title(self):
        self.assertIn("Dear Ada,\nplease bring back 'Emma'.", letter("Ada", "Emma"))

    def test_the_gateway_is_up(self):
        self.assertTrue(gateway_is_up(), "the gateway did not come up in a second")
