"""The SPICE benchmark's peer: pycocoevalcap's own class, with a cache that is empty.

    spice.py QUESTIONS.json CACHE            prints the mean
    spice.py --measure OUT.json COMMAND...   runs a command; seconds, processor time and peak memory, its children's too

QUESTIONS.json is a list of `{"id", "caption", "references"}`, tokenized. Java's options, and its JavaScript engine, come from
JDK_JAVA_OPTIONS.
"""

import json
import resource
import subprocess
import sys
import time


def measure(out, command):
    started = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    figures = {"ms": 1000 * (time.monotonic() - started), "cpuMs": 1000 * (used.ru_utime + used.ru_stime)}
    with open(out, "w") as file:
        json.dump({**figures, "megabytes": used.ru_maxrss / 1024}, file)  # of the largest process


def score(questions, cache):
    from pycocoevalcap.spice import spice

    spice.CACHE_DIR = cache
    with open(questions) as file:
        asked = json.load(file)
    references = {each["id"]: each["references"] for each in asked}
    captions = {each["id"]: [each["caption"]] for each in asked}
    print(spice.Spice().compute_score(references, captions)[0])


if sys.argv[1] == "--measure":
    measure(sys.argv[2], sys.argv[3:])
else:
    score(*sys.argv[1:])
