"""When a book is due back, and whether it is late."""

from datetime import datetime, timedelta

LENT_FOR = timedelta(days=21)


def due(lent=None):
    return (lent or datetime.utcnow()) + LENT_FOR


def is_late(due_at, now=None):
    return (now or datetime.utcnow()) > due_at
