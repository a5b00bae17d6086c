"""What a late book costs. Due dates come from the till, without a time zone: they are in UTC."""

from datetime import datetime

CENTS_A_DAY = 20


def due_date(line):
    return datetime.strptime(line, "%Y-%m-%d %H:%M")


def owed(line):
    late = datetime.utcnow() - due_date(line)
    return max(late.days, 0) * CENTS_A_DAY
