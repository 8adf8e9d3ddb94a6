"""Folders of the published sizes with random weights: what the captioners' benchmark runs on.

    make-folders.py OUT [NAME...]

Writes those that are named, or all: OUT/git-base (microsoft/git-base-coco), OUT/blip-base (Salesforce/blip-image-captioning-base) and OUT/vit-gpt2
(nlpconnect/vit-gpt2-image-captioning) as the Hugging Face client leaves them: 0.7, 1.0 and 1.0 GB in float32. The
vocabularies are made up. Speed does not depend on what the weights are; ids do, so they are lively.
"""

import itertools
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "reference"))
from golden import published, published_tokenizers, random_weights  # noqa: E402

BASE = {"hidden_size": 768, "intermediate_size": 3072, "num_attention_heads": 12}


def made_up_words():
    """Without end, words of two to four syllables."""
    draw = random.Random(7)
    onsets, vowels, codas = "b br d f g gr h k l m n p r s sh st t th v w".split(), "aeiou", " n r s t ck ll".split(" ")
    syllables = [onset + vowel + coda for onset in onsets for vowel in vowels for coda in codas]
    while True:
        yield "".join(draw.choices(syllables, k=draw.randint(2, 4)))


def git_base():
    text = {**BASE, "num_hidden_layers": 6, "max_position_embeddings": 1024}
    vision = {**BASE, "num_hidden_layers": 12, "image_size": 224, "patch_size": 16}
    return "git", published.git_config(30522, text, vision), 224, ["tokenizer.json", "vocab.txt"]


def blip_base():
    text = {**BASE, "num_hidden_layers": 12, "max_position_embeddings": 512}
    vision = {**BASE, "num_hidden_layers": 12, "image_size": 384, "patch_size": 16}
    config = published.blip_config("BlipForConditionalGeneration", 30524, text, vision)
    return "blip", config, 384, ["tokenizer.json", "vocab.txt"]


def vit_gpt2():
    decoder = {"n_embd": 768, "n_head": 12, "n_layer": 12, "n_positions": 1024}
    encoder = {**BASE, "num_hidden_layers": 12, "image_size": 224, "patch_size": 16}
    return "vit-gpt2", published.vit_gpt2_config(50257, decoder, encoder), 224, ["tokenizer.json", "vocab.json"]


def main():
    out = Path(sys.argv[1])
    common = "a the picture of with on in and ##s ##ing ##ed".split()
    wordpiece = published_tokenizers.word_pieces(itertools.chain(common, made_up_words()), 30522)
    bytepair = published_tokenizers.gpt2_pieces((f"Ġ{word}" for word in made_up_words()), 50257)
    folders = {"git-base": git_base(), "blip-base": blip_base(), "vit-gpt2": vit_gpt2()}
    for name in sys.argv[2:] or folders:
        family, config, side, files = folders[name]
        tokenizer = bytepair if family == "vit-gpt2" else wordpiece
        model = random_weights.random_model(config, seed=1, embeddings=0.1)
        model.save_pretrained(out / name, max_shard_size="10GB")
        (out / name / "model.safetensors").chmod(0o644)
        published.write_settings(out / name, family, config, side, tokenizer, files)
        print(out / name)


main()
