import unittest

from kitchen.temperature import celsius


class Temperature(unittest.TestCase):
    def test_an_oven_is_set_in_steps_of_five(self):
        self.assertEqual(175, celsius(350))
        self.assertEqual(220, celsius(425))
