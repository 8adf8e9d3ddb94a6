"""Golden numbers of diversity: PYTHONPATH=PYCOCOEVALCAP python diversity.py > fixtures/metrics/diversity.json

Self-CIDEr and Div-n are written here from Wang & Chan (2019) and Shetty et al. (2017), with numpy's SVD; mBLEU is
pycocoevalcap's Bleu of each caption against the others. Captions are lower-case words, which its tokenizer leaves alone.
"""
import contextlib
import io
import json
import math

import numpy as np
from pycocoevalcap.bleu.bleu_scorer import BleuScorer

random = np.random.default_rng(24)
WORDS = "a the dog cat red big small bird sits runs on in grass snow sea with two people near house".split()


def sentence():
    return " ".join(random.choice(WORDS, random.integers(2, 12)))


def ngrams(words, n):
    return [" ".join(words[i : i + n]) for i in range(len(words) - n + 1)]


def self_cider(captions, references):
    frequency = {}
    for own in references:
        for gram in {g for r in own for n in (1, 2, 3, 4) for g in ngrams(r.split(), n)}:
            frequency[gram] = frequency.get(gram, 0) + 1
    # one row a caption: its normalised vectors of each order beside each other, so that rows' products are mean cosines
    blocks = []
    for n in (1, 2, 3, 4):
        grams = sorted({g for c in captions for g in ngrams(c.split(), n)})
        block = np.zeros((len(captions), len(grams)))
        for i, c in enumerate(captions):
            for g in ngrams(c.split(), n):
                block[i, grams.index(g)] += math.log(len(references)) - math.log(max(1, frequency.get(g, 0)))
        norms = np.linalg.norm(block, axis=1, keepdims=True)
        blocks.append(np.divide(block, norms, out=np.zeros_like(block), where=norms > 0) / 2)
    singular = np.linalg.svd(np.hstack(blocks), compute_uv=False)
    return -math.log(singular[0] / singular.sum()) / math.log(len(captions))


def mbleu(captions):
    scores = []
    for i, c in enumerate(captions):
        scorer = BleuScorer(n=4)
        scorer += (c, captions[:i] + captions[i + 1 :])
        with contextlib.redirect_stdout(io.StringIO()):
            scores.append(scorer.compute_score(option="closest", verbose=0)[0])
    return np.mean(scores, axis=0).tolist()


def div(captions, n):
    words = [c.split() for c in captions]
    return len({g for w in words for g in ngrams(w, n)}) / (1e-6 + sum(map(len, words)))


sets = [[sentence() for _ in range(count)] for count in (5, 5, 2, 3, 10, 5)]
same = sentence()
sets.append([same, same, same])
sets.append([same, same, sentence()])
references = [[sentence() for _ in range(3)] for _ in sets]
lengths = [len(c.split()) for own in sets for c in own]
flat = [c for own in sets for c in own]
print(
    json.dumps(
        {
            "captions": sets,
            "references": references,
            "self_cider": [self_cider(own, references) for own in sets],
            "mbleu": [mbleu(own) for own in sets],
            "div": [[div(own, 1), div(own, 2)] for own in sets],
            "statistics": {
                "captions": len(flat),
                "words": sum(lengths),
                "vocabulary": len({w for c in flat for w in c.split()}),
                "mean": float(np.mean(lengths)),
                "percentiles": [float(np.percentile(lengths, p)) for p in (0, 5, 50, 95, 100)],
                "distinct": [div(flat, 1), div(flat, 2)],
                "unique": len(set(flat)) / len(flat),
            },
        }
    )
)
