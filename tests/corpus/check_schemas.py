"""Holds files against the published schemas with an independent validator.

Usage: check_schemas.py SCHEMA_DIRECTORY CORPUS WRITTEN EXAMPLES...
WRITTEN holds what a run left behind: transcripts, results and sessions.
Prints a line for each file: accepted, rejected, or unreadable, and its path.
"""

import json
import pathlib
import re
import sys

import jsonschema
import yaml


class CoreLoader(yaml.SafeLoader):
    """YAML 1.2's core schema as far as schemas can tell: `no` and `on` are text."""


CoreLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in [
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
]:
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^({pattern})$"), list(first) + [""])

schemas, corpus, written, *examples = map(pathlib.Path, sys.argv[1:])
validators = {}
for path in schemas.glob("*.schema.json"):
    schema = json.loads(path.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validators[path.name.split(".")[0]] = jsonschema.Draft202012Validator(schema)

files = [(kind, path) for kind in ("task", "policy", "policy-test", "script") for path in sorted((corpus / kind).glob("*-*.*"))]
files += [(kind, path) for root in examples for kind in ("task", "policy", "script") for path in sorted(root.rglob(f"{kind}.yaml"))]
for kind, path in files:
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            content = json.load(stream) if path.suffix == ".json" else yaml.load(stream, CoreLoader)
    except (ValueError, yaml.YAMLError):
        print("unreadable", path)
        continue
    print("accepted" if validators[kind].is_valid(content) else "rejected", path)

for path in sorted(written.rglob("transcript.jsonl")):
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        for error in validators["transcript"].iter_errors(json.loads(line)):
            print("rejected", f"{path}:{number}", error.message[:200])
for kind in ("result", "session"):
    for path in sorted(written.rglob(f"tasks/*/{kind}.json")):
        print("accepted" if validators[kind].is_valid(json.loads(path.read_text("utf-8"))) else "rejected", path)
