#!/bin/sh
# A night: three processes share the tasks, their results are joined, and what succeeded is published. On several machines each `run` is
# a job of its own. Exit codes: docs/formats/outcomes.md.
set -u

shard() {
  claw-ci run task.yaml --policy policy.yaml --workspace repositories --shard "$1/3" --out "shards/$1" --force > "shard-$1.log" 2>&1
  echo "shard $1: exit $?"
}

merge() {
  claw-ci merge shards/1 shards/2 shards/3 --out night --force
  merged=$?
  echo "merge: exit $merged"
}

for n in 1 2 3; do shard $n & done
wait

merge
if [ $merged -eq 3 ]; then # It said what is missing. Where a shard was killed, what it had done is kept, and it goes on from there.
  for killed in shards/*/resume.json; do
    [ -e "$killed" ] && claw-ci resume "$(dirname "$killed")"
  done
  merge
  [ $merged -eq 3 ] && exit 3
fi

claw-ci publish night
published=$?
echo "publish: exit $published"
[ $published -ne 0 ] && exit $published
exit $merged
