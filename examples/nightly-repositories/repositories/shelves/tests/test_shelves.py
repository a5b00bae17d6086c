import unittest

from shelves import shelf


class ShelvesTest(unittest.TestCase):
    def test_a_book_stands_under_its_authors_last_name(self):
        self.assertEqual(shelf("Jane Austen"), "A")
