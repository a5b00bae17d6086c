"""Numbers as people say them."""


def say(seconds):
    """A duration in words: ``1 h 5 min``, ``40 s``. Units that are zero are left out."""
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    parts = [(int(hours), "h"), (int(minutes), "min"), (round(rest), "s")]
    said = [f"{amount} {unit}" for amount, unit in parts if amount]
    return " ".join(said) or "no time"


def clock(minute_of_day):
    """``HH:MM``; yesterday evening wraps round."""
    hours, minutes = divmod(round(minute_of_day) % (24 * 60), 60)
    return f"{hours:02}:{minutes:02}"
