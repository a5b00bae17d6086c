"""Where a book stands."""


def shelf(author):
    return author.split()[-1][0].upper()
