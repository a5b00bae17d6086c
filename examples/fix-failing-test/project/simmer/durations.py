"""Durations as cooks write them: ``1h 30m``, ``45 min``, ``1½ h``, ``90s``."""

import re

UNITS = {
    "h": 3600, "hr": 3600, "hour": 3600, "hours": 3600,
    "m": 60, "min": 60, "minute": 60, "minutes": 60,
    "s": 1, "sec": 1, "second": 1, "seconds": 1,
}
VULGAR = {"¼": 0.25, "½": 0.5, "¾": 0.75}
PART = re.compile(r"\s*(\d+(?:\.\d+)?)?([¼½¾])?\s*([a-z]+)\s*,?")


def parse(text):
    """The duration in seconds. Raises ValueError with the part that is not understood."""
    seconds, position = 0.0, 0
    if not text.strip():
        raise ValueError("an empty duration")
    while position < len(text):
        part = PART.match(text, position)
        if part is None or not (part[1] or part[2]) or part[3] not in UNITS:
            raise ValueError(f"not a duration: {text[position:].strip()!r}")
        amount = float(part[1] or 0) + VULGAR.get(part[2], 0)
        seconds += amount * UNITS[part[3]]
        position = part.end()
    return seconds
