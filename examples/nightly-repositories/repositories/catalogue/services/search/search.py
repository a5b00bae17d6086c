"""Finds books, the newest first."""

from datetime import datetime


class Index:
    def __init__(self):
        self._books = []

    def add(self, title):
        self._books.append((datetime.utcnow(), title))

    def find(self, word):
        newest = sorted(self._books, reverse=True)
        return [title for _, title in newest if word in title]

    def age(self):
        """Since the last book was added."""
        return datetime.utcnow() - max(added for added, _ in self._books)
