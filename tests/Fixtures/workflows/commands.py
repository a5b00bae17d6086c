"""Prints the commands of a pipeline's steps, as its system would give them to a shell, one step after the other."""
import re
import sys
import yaml

path = sys.argv[1]
text = open(path).read()
if path.endswith("Jenkinsfile"):
    steps = re.findall(r"sh '''(.*?)'''", text, re.S)
elif path.endswith("buildkite.yml"):
    steps = ["buildkite-agent() { :; }"] + [step["command"].replace("$$", "$") for step in yaml.safe_load(text)["steps"]]
elif path.endswith("azure-pipelines.yml"):
    jobs = yaml.safe_load(text)["jobs"]
    steps = [step["script"].replace("$(Pipeline.Workspace)", "$PWD") for job in jobs for step in job["steps"] if "script" in step]
else:
    steps = [text]
print("set -eu")
print("\n".join(steps))
