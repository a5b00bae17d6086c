#!/bin/sh
# The night on five small repositories, which this makes, with the claw-ci that eng/build made. Usage: try.sh [NEW-DIRECTORY]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dist=$(cd "$here/../.." && pwd)/dist
if [ $# -eq 0 ]; then
  at=$dist/nightly
  rm -rf "$at"
else
  at=$1
  mkdir "$at"
fi

mkdir -p "$at/repositories" "$at/gateway"
cp "$here"/*.yaml "$here/night.sh" "$at"
cd "$at"
export GIT_CONFIG_GLOBAL=/dev/null # nobody's hooks and signatures
for project in "$here"/repositories/*; do
  made=repositories/$(basename "$project")
  cp -r "$project" "$made"
  git -C "$made" init --quiet --initial-branch main
  git -C "$made" add .
  git -C "$made" -c user.name=nightly -c user.email=nightly@example.invalid commit --quiet --message "As it was"
  git clone --quiet --bare "$made" "$made.git"
  rm -r "$made"
done

# Chance, played: the gateway that a test of notices waits for comes up when a check has found it down.
while [ -d gateway ] && ! grep -qs "did not come up" shards/*/tasks/*notices*/checks/*; do sleep 0.05; done && touch gateway/up &
trap 'kill $! 2> /dev/null || :' EXIT

PATH=$dist:$PATH sh night.sh
