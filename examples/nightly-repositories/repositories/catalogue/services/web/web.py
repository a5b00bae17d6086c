"""The front page. Another team's: the night leaves it alone."""

from datetime import datetime


def footer():
    return f"Last updated {datetime.utcnow():%H:%M} UTC"
