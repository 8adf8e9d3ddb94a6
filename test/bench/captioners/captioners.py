"""The benchmark's peer: a captioner of transformers, and what of the machine PyTorch makes use of.

    captioners.py FOLDER THREADS PHOTO...   answers requests; see below
    captioners.py FOLDER THREADS PHOTO --once   one greedy caption, and ends

Prepares the photographs, then reads one request a line, as JSON: `{"variant": "eager", "pictures": 8, "beams": 4,
"words": 20}`; variants are eager, compiled and bfloat16. Answers with one line of JSON: the milliseconds of encoder
and generation, and the ids behind the start. `{"limit": "sgemm" | "memory"}` asks for GFLOP/s and GB/s.
"""

import copy
import json
import sys
import time

import torch
import transformers
from PIL import Image

# Of a product of which the result is small: [rows, inner] by [inner, rows].
ROWS, INNER = 768, 8192
MEMORY_BYTES = 1 << 30
LIMIT_ROUNDS = 9
# In this order PyTorch's parts are compiled: those that a model of the family has.
COMPILED_PARTS = ["vision_model", "text_decoder", "encoder", "decoder"]


def load(folder, photos):
    config = transformers.AutoConfig.from_pretrained(folder)
    model = getattr(transformers, config.architectures[0]).from_pretrained(folder).eval()
    with open(f"{folder}/preprocessor_config.json") as file:
        settings = json.load(file)
    name = settings.get("image_processor_type") or settings["feature_extractor_type"].replace(
        "FeatureExtractor", "ImageProcessor"
    )
    processor = getattr(transformers, f"{name}Pil").from_pretrained(folder)
    images = [Image.open(photo).convert("RGB") for photo in photos]
    return model, processor(images=images, return_tensors="pt")["pixel_values"]


def compiled(model):
    """A copy on the same weights through torch.compile; lengths are dynamic, or each would be compiled by itself."""
    twin = copy.copy(model)
    twin._modules = dict(model._modules)
    parts = [part for part in COMPILED_PARTS if part in twin._modules]
    for part in parts:
        module = copy.copy(twin._modules[part])
        module.forward = torch.compile(module.forward, dynamic=True)
        twin._modules[part] = module
    if not parts:
        twin.forward = torch.compile(twin.forward, dynamic=True)
    return twin


def variant(model, name):
    if name == "compiled":
        return compiled(model)
    return copy.deepcopy(model).to(torch.bfloat16) if name == "bfloat16" else model


def generate(model, pixels, beams, words):
    with torch.inference_mode():
        return model.generate(
            pixel_values=pixels.to(model.dtype),
            do_sample=False,
            num_beams=beams,
            min_new_tokens=words,
            max_new_tokens=words,
            length_penalty=1.0,
            early_stopping=False,
        )


def median_seconds(work):
    times = []
    for _ in range(LIMIT_ROUNDS):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return sorted(times)[LIMIT_ROUNDS // 2]


def limit(name):
    if name == "sgemm":
        a, b = torch.randn(ROWS, INNER), torch.randn(INNER, ROWS)
        return 2 * ROWS * ROWS * INNER / median_seconds(lambda: a @ b) / 1e9
    numbers = torch.ones(MEMORY_BYTES // 4)
    return MEMORY_BYTES / median_seconds(numbers.sum) / 1e9


def main():
    folder, threads, *photos = sys.argv[1:]
    torch.set_num_threads(int(threads))
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    once = photos[-1] == "--once"
    model, pixels = load(folder, photos[:-1] if once else photos)
    if once:
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
        print(tokenizer.batch_decode(generate(model, pixels, 1, 20), skip_special_tokens=True)[0])
        return
    print(json.dumps({"name": f"transformers {transformers.__version__}, torch {torch.__version__}"}), flush=True)
    models = {}
    for line in sys.stdin:
        request = json.loads(line)
        if "limit" in request:
            print(json.dumps({"rate": limit(request["limit"])}), flush=True)
            continue
        name, words = request["variant"], request["words"]
        models.setdefault(name, None)
        models[name] = models[name] or variant(model, name)
        part = pixels[: request["pictures"]]
        begin = time.perf_counter()
        ids = generate(models[name], part, request["beams"], words)
        milliseconds = (time.perf_counter() - begin) * 1e3
        print(json.dumps({"ms": milliseconds, "ids": ids[:, -words:].tolist()}), flush=True)


main()
