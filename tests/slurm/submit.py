"""Does on a HyperQueue cluster of this machine what an `hq submit` line on stdin says, and waits for its tasks."""

import shlex
import sys

from hyperqueue import Job, LocalCluster
from hyperqueue.cluster import WorkerConfig


def tasks(words):
    """The command of a line, and the entry of each of its tasks by number."""
    entries, words = {}, words[2:]
    while words[0].startswith("--"):
        option, value, *words = words
        if option == "--array":
            first, last = map(int, value.split("-"))
            entries = {number: "" for number in range(first, last + 1)}
        elif option == "--each-line":
            with open(value) as lines:
                entries = dict(enumerate(lines.read().splitlines()))
    return words, entries


command, entries = tasks(shlex.split(sys.stdin.read()))
job = Job(max_fails=None)
# Numbers of this interface begin with 0, whatever those of the line do.
for number in range(max(entries) + 1):
    wanted = number in entries
    job.program(command if wanted else ["true"], env={"HQ_ENTRY": entries.get(number, "")})
with LocalCluster() as cluster:
    cluster.start_worker(WorkerConfig(cores=2))
    client = cluster.client()
    submitted = client.submit(job)
    if not client.wait_for_jobs([submitted], raise_on_error=False):
        sys.exit(f"failed: {client.get_failed_tasks(submitted)}")
