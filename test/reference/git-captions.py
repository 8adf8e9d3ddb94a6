"""Captions of pictures by the GIT of a folder, as transformers finds them: JSON in, JSON out."""

import json
import sys

from PIL import Image
from transformers import AutoModelForCausalLM, AutoTokenizer, CLIPImageProcessorPil

asked = json.load(sys.stdin)
answers = []
for folder in asked["folders"]:
    model, report = AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True)
    processor = CLIPImageProcessorPil.from_pretrained(folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    captions = []
    for path in asked["pictures"]:
        pixels = processor(Image.open(path).convert("RGB"), return_tensors="pt").pixel_values
        ids = model.generate(pixel_values=pixels, max_new_tokens=asked["length"])[0]
        captions.append({"ids": ids.tolist(), "text": tokenizer.decode(ids, skip_special_tokens=True)})
    problems = {name: sorted(map(str, found)) for name, found in report.items() if found}
    answers.append({"kind": type(model).__name__, "dtype": str(model.dtype), "problems": problems, "captions": captions})
json.dump(answers, sys.stdout)
