"""Makes fixtures/transformers: two folders of a few kB each, as @huggingface/transformers reads them.

    python3 -m venv onnx && onnx/bin/pip install onnx==1.23.2 && onnx/bin/python test/reference/make-transformers-folders.py

Nothing in them is learned. What follows a word is written into a table, and depends on the mean colour of the picture
and, in `chat`, on whether the text asks "is" or "what":

    captioner  an encoder and a decoder: "a blue picture"
    chat       one text with the picture in it, and a chat template: "a blue picture", "yes", "blue picture"
"""

import json
from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

OUT = Path(__file__).resolve().parents[2] / "fixtures" / "transformers"
SIDE = 8
SPECIAL = ["[PAD]", "[START]", "[END]", "[UNK]", "<image>"]
WORDS = "a the of red green blue picture yes no is what it user assistant : ?".split()
VOCABULARY = SPECIAL + WORDS
V = len(VOCABULARY)
ID = {word: place for place, word in enumerate(VOCABULARY)}
COLOURS = ["red", "green", "blue"]
FEATURES = ["one", *COLOURS, "is", "what"]


def table():
    """[before, after, feature]: how likely a word is after another, by what is seen and asked."""
    likely = np.zeros((V, V, len(FEATURES)), np.float32)
    likely[:, ID["[END]"], 0] = 1
    for before in ["[START]", ":", "of"]:
        likely[ID[before], ID["a"], 0] = 3
    for before in ["a", "the", ":"]:
        for place, colour in enumerate(COLOURS, 1):
            likely[ID[before], ID[colour], place] = 4
            likely[ID[before], ID[colour], 0] = 0 if before == ":" else 9
            likely[ID[before], ID[colour], FEATURES.index("what")] = 20
    likely[ID[":"], ID["yes"], FEATURES.index("is")] = 20
    for colour in COLOURS:
        likely[ID[colour], ID["picture"], 0] = 5
    return likely


class Graph:
    def __init__(self):
        self.nodes, self.constants = [], []

    def constant(self, value):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def add(self, operator, *inputs, name=None, **attributes):
        name = name or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], **attributes))
        return name

    def save(self, path, inputs, outputs):
        ports = [[helper.make_tensor_value_info(*port) for port in side] for side in (inputs, outputs)]
        graph = helper.make_graph(self.nodes, path.stem, *ports, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9, producer_name="simvlm")
        checker.check_model(model)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(model.SerializeToString())


FLOAT, INT = TensorProto.FLOAT, TensorProto.INT64
PIXELS = ("pixel_values", FLOAT, ["b", 3, SIDE, SIDE])


def say(graph, words, features):
    """words [b, s, V], one of them 1; features [b, 1, F, 1]"""
    spread = graph.add("MatMul", words, graph.constant(table().reshape(V, -1)))
    shaped = graph.add("Reshape", spread, graph.constant(np.array([0, 0, V, len(FEATURES)], np.int64)))
    weighed = graph.add("MatMul", shaped, features)
    graph.add("Squeeze", weighed, graph.constant(np.array([3], np.int64)), name="logits")


def write_captioner(folder):
    encoder = Graph()
    encoder.add("ReduceMean", "pixel_values", axes=[2, 3], keepdims=0, name="mean")
    encoder.add("Unsqueeze", "mean", encoder.constant(np.array([1], np.int64)), name="last_hidden_state")
    encoder.save(folder / "onnx/encoder_model.onnx", [PIXELS], [("last_hidden_state", FLOAT, ["b", 1, 3])])

    decoder = Graph()
    words = decoder.add("Gather", decoder.constant(np.eye(V, dtype=np.float32)), "input_ids", axis=0)
    padding = decoder.constant(np.array([0, 0, 1, 0, 0, 2], np.int64))
    seen = decoder.add("Pad", "encoder_hidden_states", padding)
    bias = decoder.constant(np.eye(1, len(FEATURES), dtype=np.float32)[None])
    features = decoder.add("Unsqueeze", decoder.add("Add", seen, bias), decoder.constant(np.array([3], np.int64)))
    say(decoder, words, features)
    inputs = [("input_ids", INT, ["b", "s"]), ("encoder_hidden_states", FLOAT, ["b", 1, 3])]
    decoder.save(folder / "onnx/decoder_model_merged.onnx", inputs, [("logits", FLOAT, ["b", "s", V])])

    ids = {"bos_token_id": ID["[START]"], "eos_token_id": ID["[END]"], "pad_token_id": ID["[PAD]"]}
    write(folder / "config.json", {
        "architectures": ["VisionEncoderDecoderModel"], "model_type": "vision-encoder-decoder", "is_encoder_decoder": True,
        "decoder_start_token_id": ID["[START]"], **ids,
        "encoder": {"model_type": "vit", "image_size": SIDE, "patch_size": SIDE},
        "decoder": {"model_type": "gpt2", "n_layer": 1, "n_head": 1, "n_embd": 3, "n_positions": 12, "vocab_size": V},
    })
    # as published ones say it: the library has no beam search
    write(folder / "generation_config.json", {"decoder_start_token_id": ID["[START]"], **ids, "max_length": 8, "num_beams": 4})
    write(folder / "preprocessor_config.json", {
        "feature_extractor_type": "ViTFeatureExtractor", "do_resize": True, "size": SIDE, "resample": 2, "do_normalize": True,
        "image_mean": [0.5] * 3, "image_std": [0.5] * 3,
    })
    write_tokenizer(folder, {})


def write_chat(folder):
    width = V + 3
    embed = Graph()
    embed.add("Gather", embed.constant(np.eye(V, width, dtype=np.float32)), "input_ids", axis=0, name="inputs_embeds")
    embeds = ("inputs_embeds", FLOAT, ["b", "s", width])
    embed.save(folder / "onnx/embed_tokens.onnx", [("input_ids", INT, ["b", "s"])], [embeds])

    vision = Graph()
    mean = vision.add("ReduceMean", "pixel_values", axes=[2, 3], keepdims=0)
    row = vision.add("Unsqueeze", mean, vision.constant(np.array([1], np.int64)))
    vision.add("Pad", row, vision.constant(np.array([0, 0, V, 0, 0, 0], np.int64)), name="image_features")
    vision.save(folder / "onnx/vision_encoder.onnx", [PIXELS], [("image_features", FLOAT, ["b", 1, width])])

    decoder = Graph()
    axis = decoder.constant(np.array([1], np.int64))
    row = decoder.add("Unsqueeze", "inputs_embeds", axis)
    for kept in ("key", "value"):
        decoder.add("Concat", f"past_key_values.0.{kept}", row, axis=2, name=f"present.0.{kept}")
    total = decoder.add("ReduceSum", "present.0.key", decoder.constant(np.array([2], np.int64)), keepdims=0)
    chosen = decoder.constant(np.array([V, V + 1, V + 2, ID["is"], ID["what"]], np.int64))
    seen = decoder.add("Pad", decoder.add("Gather", total, chosen, axis=2), decoder.constant(np.array([0, 0, 1, 0, 0, 0], np.int64)))
    bias = decoder.constant(np.eye(1, len(FEATURES), dtype=np.float32)[None])
    features = decoder.add("Unsqueeze", decoder.add("Add", seen, bias), decoder.constant(np.array([3], np.int64)))
    places = [decoder.constant(np.array([place], np.int64)) for place in (0, V, 2)]
    say(decoder, decoder.add("Slice", "inputs_embeds", *places), features)
    cache = [("key", "t"), ("value", "t")]
    decoder.save(
        folder / "onnx/decoder_model_merged.onnx",
        [embeds, ("attention_mask", INT, ["b", "t"]), ("position_ids", INT, ["b", "s"]),
         *((f"past_key_values.0.{name}", FLOAT, ["b", 1, "p", width]) for name, _ in cache)],
        [("logits", FLOAT, ["b", "s", V]), *((f"present.0.{name}", FLOAT, ["b", 1, "t", width]) for name, _ in cache)],
    )
    ids = {"bos_token_id": ID["[START]"], "eos_token_id": ID["[END]"], "pad_token_id": ID["[PAD]"]}
    write(folder / "config.json", {
        "architectures": ["LlavaForConditionalGeneration"], "model_type": "llava", "image_token_index": ID["<image>"],
        "text_config": {
            "model_type": "llama", "num_hidden_layers": 1, "num_attention_heads": 1, "num_key_value_heads": 1,
            "hidden_size": width, "head_dim": width, "max_position_embeddings": 64, "vocab_size": V, **ids,
        },
        "vision_config": {"model_type": "clip_vision_model", "image_size": SIDE, "patch_size": SIDE},
    })
    write(folder / "generation_config.json", ids)
    write(folder / "preprocessor_config.json", {
        "image_processor_type": "CLIPImageProcessor", "processor_class": "LlavaProcessor", "do_resize": True,
        "size": {"shortest_edge": SIDE}, "resample": 3, "do_center_crop": True, "crop_size": {"height": SIDE, "width": SIDE},
        "do_rescale": True, "do_normalize": True, "image_mean": [0.5] * 3, "image_std": [0.5] * 3,
    })
    write(folder / "processor_config.json", {
        "processor_class": "LlavaProcessor", "image_token": "<image>", "patch_size": SIDE, "num_additional_image_tokens": 0,
    })
    write_tokenizer(folder, {
        "processor_class": "LlavaProcessor",
        "chat_template":
            "{% for message in messages %}user : {% for part in message.content %}{% if part.type == 'image' %}<image>"
            "{% else %}{{ part.text }}{% endif %}{% endfor %}{% endfor %}{% if add_generation_prompt %} assistant :{% endif %}",
    })


def write_tokenizer(folder, more):
    write(folder / "tokenizer.json", {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [
            {"id": ID[text], "content": text, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
             "special": True}
            for text in SPECIAL
        ],
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None,
                       "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"}, "post_processor": None,
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100, "vocab": ID},
    })
    write(folder / "tokenizer_config.json", {
        "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "[START]", "eos_token": "[END]", "pad_token": "[PAD]",
        "unk_token": "[UNK]", **more,
    })


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n")


write_captioner(OUT / "captioner")
write_chat(OUT / "chat")
