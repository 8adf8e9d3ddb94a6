"""Ids and decoded texts of transformers' tokenizers: {folders, texts} comes in as JSON, a list of {size, rows} goes out."""

import json
import sys

from transformers import AutoTokenizer

given = json.load(sys.stdin)
answers = []
for folder in given["folders"]:
    tokenizer = AutoTokenizer.from_pretrained(folder)
    rows = []
    for text in given["texts"]:
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        rows.append([ids, tokenizer.decode(ids, skip_special_tokens=True), tokenizer.decode(ids)])
    answers.append({"size": len(tokenizer), "rows": rows})
json.dump(answers, sys.stdout)
