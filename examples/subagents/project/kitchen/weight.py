"""Weights, as recipes of two continents have them."""


def grams(pounds, ounces=0):
    """Whole grams."""
    return round((pounds * 12 + ounces) * 28.349523125)
