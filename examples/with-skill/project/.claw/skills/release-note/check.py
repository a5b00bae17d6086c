"""Says what is wrong with the notes in a directory."""

import pathlib
import sys

notes = sorted(pathlib.Path(sys.argv[1]).glob("*.md"))
problems = []
for note in notes:
    lines = note.read_text().splitlines()
    if len(lines) != 1:
        problems.append(f"{note.name}: a note is one line")
    elif lines[0].split(":")[0] not in ("new", "mended", "gone"):
        problems.append(f"{note.name}: the first word is the kind of change: new, mended or gone")
if not notes:
    problems.append("there is no note")
print("\n".join(problems) or f"{len(notes)} note{'s' if len(notes) > 1 else ''}, all well")
sys.exit(bool(problems))
