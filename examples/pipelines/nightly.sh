#!/bin/sh
# For cron, or any system that can run a script in a checkout. Exit codes: docs/formats/outcomes.md.
set -eu
image=registry.example.com/claw-ci:0.1

docker run --rm -e ANTHROPIC_API_KEY -v /var/run/docker.sock:/var/run/docker.sock -v "$PWD":/workspace \
  "$image" .claw/fix.yaml --policy .claw/policy.yaml --apply never --max-cost-usd 3 --force

docker run --rm -e GITHUB_TOKEN -v "$PWD":/workspace "$image" publish claw-ci-out
