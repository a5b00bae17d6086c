"""``python3 -m simmer [--scale X] RECIPE HH:MM``"""

import argparse
from pathlib import Path

from simmer.phrases import clock, say
from simmer.recipe import read, schedule


def minute_of_day(text):
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def main():
    parser = argparse.ArgumentParser(prog="simmer", description="When to start cooking so that dinner is on time.")
    parser.add_argument("recipe", type=Path)
    parser.add_argument("serve_at", type=minute_of_day, metavar="HH:MM")
    parser.add_argument("--scale", type=float, default=1.0, help="1.5 cooks for half as many people again")
    options = parser.parse_args()

    steps = [step.scaled(options.scale) for step in read(options.recipe.read_text(encoding="utf-8"))]
    for at, step in schedule(steps, options.serve_at):
        print(f"{clock(at)}  {step.what} ({say(step.seconds)})")
    print(f"{clock(options.serve_at)}  Serve")


if __name__ == "__main__":
    main()
