"""Oven temperatures, as recipes of two continents have them."""


def celsius(fahrenheit):
    """Degrees Celsius, to the nearest five that an oven can be set to."""
    return 5 * round((fahrenheit - 32) * 9 / 5 / 5)
