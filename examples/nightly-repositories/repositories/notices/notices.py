"""Letters to readers, which a gateway sends."""

import time
from datetime import datetime
from pathlib import Path

GATEWAY = Path("/gateway/up")


def letter(reader, title):
    return f"{datetime.utcnow():%d.%m.%Y}\n\nDear {reader},\nplease bring back '{title}'.\n"


def gateway_is_up(patience=1.0):
    """The gateway says by a file that it is up. It is not always."""
    last = time.monotonic() + patience
    while not GATEWAY.exists() and time.monotonic() < last:
        time.sleep(0.05)
    return GATEWAY.exists()
