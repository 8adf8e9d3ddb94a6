"""The CLIPScore benchmark's peer: transformers on the same folder, the same photographs and captions.

    clipscore.py --make FOLDER        writes a CLIP of the size of ViT-B/32 with random weights (0.6 GB)
    clipscore.py FOLDER WORK.json     prints the mean CLIPScore

WORK.json is a list of `{"picture", "caption"}`. It does what a script does: loads the model, opens, prepares and looks at
pictures in batches of 16, reads captions in batches of 64, and multiplies.
"""

import json
import sys
from pathlib import Path

import torch
import transformers
from PIL import Image

PICTURES, TEXTS = 16, 64


def make(folder):
    torch.manual_seed(1)
    config = transformers.CLIPConfig()
    config.text_config.eos_token_id = 49407
    transformers.CLIPModel(config).save_pretrained(folder)
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    pieces = letters + [f"{letter}</w>" for letter in letters]
    made_up = [f"piece{i}" for i in range(49406 - len(pieces))]
    vocabulary = {piece: i for i, piece in enumerate([*pieces, *made_up, "<|startoftext|>", "<|endoftext|>"])}
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    transformers.CLIPImageProcessor().save_pretrained(folder)
    settings = {"tokenizer_class": "CLIPTokenizer", "unk_token": "<|endoftext|>", "bos_token": "<|startoftext|>"}
    settings |= {"eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>", "model_max_length": 77}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))


def batches(items, size):
    return [items[start : start + size] for start in range(0, len(items), size)]


@torch.inference_mode()
def score(folder, work):
    model = transformers.CLIPModel.from_pretrained(folder).eval()
    processor = transformers.CLIPImageProcessorPil.from_pretrained(folder)
    tokenizer = transformers.CLIPTokenizer.from_pretrained(folder)
    seen, read = [], []
    for some in batches(work, PICTURES):
        images = [Image.open(each["picture"]).convert("RGB") for each in some]
        pixels = processor(images=images, return_tensors="pt")["pixel_values"]
        seen.append(model.visual_projection(model.vision_model(pixels).pooler_output))
    for some in batches(work, TEXTS):
        texts = ["A photo depicts " + each["caption"] for each in some]
        given = tokenizer(texts, return_tensors="pt", padding=True, truncation=True, max_length=77)
        read.append(model.text_projection(model.text_model(**given).pooler_output))
    cosines = torch.nn.functional.cosine_similarity(torch.cat(seen), torch.cat(read))
    print((2.5 * cosines.clamp(min=0)).mean().item())


if sys.argv[1] == "--make":
    make(Path(sys.argv[2]))
else:
    torch.set_num_threads(2)
    score(sys.argv[1], json.loads(Path(sys.argv[2]).read_text()))
