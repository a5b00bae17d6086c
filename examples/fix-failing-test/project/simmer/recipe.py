"""A recipe is a list of steps, one after the other."""

import re
from dataclasses import dataclass

from simmer.durations import parse

LINE = re.compile(r"(?P<time>\S.*?)(?:\s{2,}|\t)(?P<what>\S.*)")


@dataclass(frozen=True)
class Step:
    seconds: float
    what: str

    def scaled(self, factor):
        """Twice the meat does not take twice as long: time grows with the two-thirds power, like cooking through does."""
        return Step(self.seconds * factor ** (2 / 3), self.what)


def read(text):
    """One step a line: a duration, two spaces or more, what to do. ``#`` starts a comment line."""
    steps = []
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        found = LINE.fullmatch(line)
        if found is None:
            raise ValueError(f"line {number}: expected a duration, two spaces, and what to do")
        steps.append(Step(parse(found["time"].strip()), found["what"]))
    return steps


def schedule(steps, serve_at):
    """Pairs of (minute of the day at which to start, step), worked out backwards from ``serve_at``."""
    plan, at = [], serve_at
    for step in reversed(steps):
        at -= step.seconds / 60
        plan.append((at, step))
    return plan[::-1]
