import unittest

from kitchen.weight import grams


class Weight(unittest.TestCase):
    def test_a_pound_has_sixteen_ounces(self):
        self.assertEqual(454, grams(1))
        self.assertEqual(482, grams(1, 1))
