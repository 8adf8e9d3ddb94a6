"""The SPICE benchmark's peer: pycocoevalcap's own class, with a cache that is empty.

    spice.py QUESTIONS.json CACHE   prints the mean

QUESTIONS.json is a list of `{"id", "caption", "references"}`, tokenized. Java's options, and its JavaScript engine, come from
JDK_JAVA_OPTIONS.
"""

import json
import sys


def score(questions, cache):
    from pycocoevalcap.spice import spice

    spice.CACHE_DIR = cache
    with open(questions) as file:
        asked = json.load(file)
    references = {each["id"]: each["references"] for each in asked}
    captions = {each["id"]: [each["caption"]] for each in asked}
    print(spice.Spice().compute_score(references, captions)[0])


score(*sys.argv[1:])
