import unittest
from datetime import timedelta

from search import Index


class SearchTest(unittest.TestCase):
    def test_the_newest_book_is_found_first(self):
        index = Index()
        index.add("Persuasion")
        index.add("Pride and Persuasion")
        self.assertEqual(index.find("Persuasion"), ["Pride and Persuasion", "Persuasion"])

    def test_an_index_that_was_just_added_to_is_young(self):
        index = Index()
        index.add("Emma")
        self.assertLess(index.age(), timedelta(minutes=1))
