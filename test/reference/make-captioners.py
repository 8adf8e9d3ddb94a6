"""Makes fixtures/captioners: tiny GIT, BLIP, ViT-GPT2 and CLIP folders, and what transformers makes of them.

    .peers/venv/bin/python test/reference/make-captioners.py [NAME...]

Weights begin random and learn the captions of six drawn pictures for a few hundred steps, so that what is generated is
sentences; outputs are recorded for the two pictures of fixtures/images. Every generation must give the same ids in
float64, or nothing is written.
"""

import sys

import torch
import transformers
from golden import published, published_tokenizers, states
from golden.captioner import OUT, Captioner, write_lines
from golden.cases import LENGTH, asked, plain_cases, prompted
from golden.clipscore import CLIP_CONTEXT, write_clipscore
from golden.lessons import ANSWERS, CAPTIONS, OTHER_CAPTIONS, PROMPT, TAUGHT, clip_words, gpt2_words, words


def vision(width, heads, side, patch, layers=2):
    sizes = {"hidden_size": width, "intermediate_size": 2 * width, "num_attention_heads": heads}
    return {**sizes, "num_hidden_layers": layers, "image_size": side, "patch_size": patch}


def text(width, heads, places, layers=2):
    sizes = {"hidden_size": width, "intermediate_size": 2 * width, "num_attention_heads": heads}
    return {**sizes, "num_hidden_layers": layers, "max_position_embeddings": places}


def make_git():
    config = published.git_config(250, text(24, 3, 32), vision(16, 2, 32, 8))
    made = Captioner("git", "git", config, 32, published_tokenizers.word_pieces(words(), 250), ["vocab.txt"], seed=3)
    ids, mask, labels = made.rows(TAUGHT, [101], [102])
    pixels = made.pixels.repeat(3, 1, 1, 1)
    made.teach(lambda m: m(pixel_values=pixels, input_ids=ids, attention_mask=mask, labels=labels).loss, 250)
    made.store(
        "safetensors",
        {
            "git.embeddings.position_ids": torch.arange(32)[None],
            "git.image_encoder.vision_model.embeddings.position_ids": torch.arange(17)[None],
        },
    )
    made.write_pixels()
    row = [101, *made.ids(OTHER_CAPTIONS[0]), 102]
    made.write_states(lambda m, x: states.git_states(m, x, torch.tensor([row])), {"input_ids": row})
    left = asked(
        "pad-left-greedy", [0, 1], {}, "input_ids", [[101, *made.ids(PROMPT)], [0, 0, 101, *made.ids("a")]], LENGTH
    )
    left[2]["attention_mask"] = left[3]["attention_mask"] = [[1, 1, 1, 1], [0, 0, 1, 1]]
    made.write_generations([*plain_cases(), *prompted(made, "input_ids", [101]), left])


def make_git_vqa():
    tokenizer = published_tokenizers.word_pieces(words(), 150 + 1, published_tokenizers.SHORT_SPECIALS)
    config = published.git_config(151, text(24, 4, 40), vision(16, 2, 48, 12, layers=1), ids=(2, 3))
    made = Captioner("git-vqa", "git", config, 48, tokenizer, ["tokenizer.json"], seed=4)
    pairs = [(i, f"{question} {answers[i]}") for question, answers in ANSWERS.items() for i in range(6)]
    ids, mask, labels = made.rows([pair for _, pair in pairs], [2], [3])
    pixels = made.pixels[[i for i, _ in pairs]]
    made.teach(lambda m: m(pixel_values=pixels, input_ids=ids, attention_mask=mask, labels=labels).loss, 250)
    made.store("sharded")
    made.write_pixels()
    question = next(iter(ANSWERS))
    row = [2, *made.ids(question), *made.ids("red"), 3]
    made.write_states(lambda m, x: states.git_states(m, x, torch.tensor([row])), {"input_ids": row})
    settings = {"question-greedy": {"max_length": 20}, "question-beam4": {"max_length": 20, "num_beams": 4}}
    cases = [
        asked(f"{name}-{number}", [i], {"prompt": question}, "input_ids", [[2, *made.ids(question)]], arguments)
        for name, arguments in settings.items()
        for number, question in enumerate(ANSWERS)
        for i in (0, 1)
    ]
    made.write_generations([("greedy", [0], {}, {}, LENGTH), *cases])


def make_blip():
    config = published.blip_config("BlipForConditionalGeneration", 252, text(20, 4, 32), vision(16, 2, 40, 8))
    made = Captioner(
        "blip",
        "blip",
        config,
        40,
        published_tokenizers.word_pieces(words(), 250),
        ["tokenizer.json", "vocab.txt"],
        seed=3,
    )
    ids, mask, labels = made.rows(TAUGHT, [250], [102])
    pixels = made.pixels.repeat(3, 1, 1, 1)
    made.teach(lambda m: m(pixel_values=pixels, input_ids=ids, attention_mask=mask, labels=labels).loss, 250)
    made.store("bin", {"text_decoder.bert.embeddings.position_ids": torch.arange(32)[None]})
    made.write_pixels()
    row = [250, *made.ids(OTHER_CAPTIONS[0]), 102]
    made.write_states(lambda m, x: states.blip_states(m, x, torch.tensor([row])), {"input_ids": row})
    made.write_generations([*plain_cases(), *prompted(made, "input_ids_given", [101], [102])])


def make_blip_vqa():
    config = published.blip_config("BlipForQuestionAnswering", 252, text(24, 3, 32), vision(24, 4, 40, 8))
    made = Captioner(
        "blip-vqa", "blip", config, 40, published_tokenizers.word_pieces(words(), 250), ["vocab.txt"], seed=3
    )
    triples = [(i, question, answers[i]) for question, answers in ANSWERS.items() for i in range(6)]
    asked_ids, asked_mask, _ = made.rows([question for _, question, _ in triples], [101], [102])
    ids, mask, labels = made.rows([answer for _, _, answer in triples], [250], [102])
    pixels = made.pixels[[i for i, _, _ in triples]]

    def loss(model):
        images = model.vision_model(pixels).last_hidden_state
        question = model.text_encoder(asked_ids, attention_mask=asked_mask, encoder_hidden_states=images)[0]
        decoder = model.text_decoder(
            ids, attention_mask=mask, encoder_hidden_states=question, encoder_attention_mask=asked_mask, labels=labels
        )
        return decoder.loss

    made.teach(loss, 250)
    made.store("safetensors-f16")
    made.write_pixels()
    question, answer = [101, *made.ids("is there a boat?"), 102], [250, *made.ids("there is no bus")]
    rows = [torch.tensor([row]) for row in (question, answer)]
    pair = {"question": "is there a boat?", "question_ids": question, "answer_ids": answer}
    made.write_states(lambda m, x: states.blip_vqa_states(m, x, *rows), pair)
    settings = {
        "answer-greedy": {},
        "answer-beam3": {"max_length": 10, "min_length": 1, "num_beams": 3},
        "answer-beam4-return4": {"max_length": 10, "num_beams": 4, "num_return_sequences": 4},
    }
    made.write_generations(
        [
            asked(
                f"{name}-{number}",
                [i],
                {"text": question},
                "input_ids_given",
                [[101, *made.ids(question), 102]],
                arguments,
            )
            for name, arguments in settings.items()
            for number, question in enumerate(ANSWERS)
            for i in (0, 1)
        ],
        "vqa",
    )


def make_vit_gpt2():
    tokenizer = published_tokenizers.gpt2_pieces(gpt2_words())
    size = tokenizer.get_vocab_size()
    decoder = {"n_embd": 24, "n_head": 3, "n_layer": 2, "n_positions": 32}
    config = published.vit_gpt2_config(size, decoder, vision(20, 2, 48, 12))
    made = Captioner("vit-gpt2", "vit-gpt2", config, 48, tokenizer, ["vocab.json"], seed=3)
    end = size - 1
    _, _, labels = made.rows(TAUGHT, [], [end], padding=end)
    pixels = made.pixels.repeat(3, 1, 1, 1)
    made.teach(lambda m: m(pixel_values=pixels, labels=labels).loss, 250)
    made.store("bin-f16")
    made.write_pixels()
    row = [end, *made.ids(OTHER_CAPTIONS[0])]
    made.write_states(lambda m, x: states.vit_gpt2_states(m, x, torch.tensor([row])), {"decoder_input_ids": row})
    made.write_generations([*plain_cases(), *prompted(made, "decoder_input_ids", [end])])


def make_clip():
    tokenizer = published_tokenizers.clip_pieces(clip_words())
    size = tokenizer.get_vocab_size()
    config = published.clip_config(size, 16, text(24, 3, CLIP_CONTEXT), vision(20, 2, 32, 16))
    made = Captioner("clip", "clip", config, 32, tokenizer, ["vocab.json"], seed=3)
    captions = [made.ids(caption, special=True) for caption in CAPTIONS]
    ids, mask, _ = made.rows(captions, padding=size - 1)
    made.teach(lambda m: m(pixel_values=made.pixels, input_ids=ids, attention_mask=mask, return_loss=True).loss, 60)
    made.store("safetensors-f16")
    made.write_pixels()
    row = made.ids(CAPTIONS[0], special=True)
    made.write_states(lambda m, x: states.clip_states(m, x, torch.tensor([row])), {"input_ids": row})
    write_clipscore(made)


def write_tokens():
    """golden/tokenizers.json: ids and decoded texts of every checkpoint, read from its folder by the library."""
    texts = [
        *CAPTIONS[:2],
        *OTHER_CAPTIONS,
        *ANSWERS,
        "Cafés, dog's THE 20 houses -- sails!",
        "",
        "  two\tlines\n ",
        "日本 🙂",
    ]
    models = {}
    for name in MAKERS:
        tokenizer = transformers.AutoTokenizer.from_pretrained(OUT / name)
        strings = []
        for text in texts:
            ids = tokenizer(text).input_ids
            decoded = [tokenizer.decode(ids, skip_special_tokens=skip) for skip in (True, False)]
            strings.append({"text": text, "ids": ids, "decoded": decoded[0], "decoded_with_special": decoded[1]})
        models[name] = {"class": type(tokenizer).__name__, "vocab_size": tokenizer.vocab_size, "strings": strings}
    write_lines(OUT / "golden/tokenizers.json", models)


MAKERS = {
    "git": make_git,
    "git-vqa": make_git_vqa,
    "blip": make_blip,
    "blip-vqa": make_blip_vqa,
    "vit-gpt2": make_vit_gpt2,
    "clip": make_clip,
}


def main():
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    torch.set_num_threads(1)
    for name in sys.argv[1:] or MAKERS:
        MAKERS[name]()
    write_tokens()
    for file in OUT.rglob("*.safetensors"):
        file.chmod(0o644)


main()
