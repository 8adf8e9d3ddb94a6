"""What the published folders of GIT, BLIP, ViT-GPT2 and CLIP hold beside their weights, at any size.

The scripts that make such folders (make-captioners.py here, ../bench/captioners/make-folders.py) say the sizes; what a
published config says beside them (ids, epsilons, activations, the fields of its time) stands here.
"""

import itertools
import json
import math
import string
from pathlib import Path

import torch
import transformers
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

CLIP_MEAN = [0.48145466, 0.4578275, 0.40821073]
CLIP_STD = [0.26862954, 0.26130258, 0.27577711]

# BERT's first pieces; [CLS] and [SEP] are 101 and 102 as in every published vocabulary.
BERT_SPECIALS = ["[PAD]", *(f"[unused{i}]" for i in range(99)), "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
# The same without unused pieces: [CLS] and [SEP] are 2 and 3.
SHORT_SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def git_config(vocabulary, text, vision, ids=(101, 102)):
    """`text` and `vision`: the fields that say sizes, as they are named in the file."""
    return {
        "architectures": ["GitForCausalLM"],
        "attention_probs_dropout_prob": 0.1,
        "bos_token_id": ids[0],
        "eos_token_id": ids[1],
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "initializer_range": 0.02,
        "layer_norm_eps": 1e-12,
        "model_type": "git",
        "num_image_with_embedding": None,
        "pad_token_id": 0,
        "position_embedding_type": "absolute",
        "tie_word_embeddings": False,
        "torch_dtype": "float32",
        "transformers_version": "4.22.0.dev0",
        "use_cache": True,
        "vision_config": {
            "attention_dropout": 0.0,
            "dropout": 0.0,
            "hidden_act": "quick_gelu",
            "initializer_factor": 1.0,
            "initializer_range": 0.02,
            "layer_norm_eps": 1e-05,
            "model_type": "git_vision_model",
            "num_channels": 3,
            **vision,
        },
        "vocab_size": vocabulary,
        **text,
    }


def blip_config(architecture, vocabulary, text, vision, separator=102):
    """The last two of the vocabulary's ids are [DEC] and [ENC]; `eos_token_id` is 2, and generation ends at [SEP]."""
    return {
        "architectures": [architecture],
        "image_text_hidden_size": 256,
        "initializer_factor": 1.0,
        "logit_scale_init_value": 2.6592,
        "model_type": "blip",
        "projection_dim": 512,
        "text_config": {
            "attention_probs_dropout_prob": 0.0,
            "bos_token_id": vocabulary - 2,
            "encoder_hidden_size": vision["hidden_size"],
            "eos_token_id": 2,
            "hidden_act": "gelu",
            "hidden_dropout_prob": 0.0,
            "initializer_factor": 1.0,
            "initializer_range": 0.02,
            "is_decoder": True,
            "layer_norm_eps": 1e-12,
            "model_type": "blip_text_model",
            "pad_token_id": 0,
            "projection_dim": 768,
            "sep_token_id": separator,
            "use_cache": True,
            "vocab_size": vocabulary,
            **text,
        },
        "torch_dtype": "float32",
        "transformers_version": "4.26.0.dev0",
        "vision_config": {
            "attention_dropout": 0.0,
            "dropout": 0.0,
            "hidden_act": "gelu",
            "initializer_factor": 1.0,
            "initializer_range": 0.02,
            "layer_norm_eps": 1e-05,
            "model_type": "blip_vision_model",
            "num_channels": 3,
            "projection_dim": 512,
            **vision,
        },
    }


def vit_gpt2_config(vocabulary, decoder, encoder):
    """Start, end and padding are one id, the last."""
    end = vocabulary - 1
    return {
        "architectures": ["VisionEncoderDecoderModel"],
        "bos_token_id": end,
        "decoder": {
            "activation_function": "gelu_new",
            "add_cross_attention": True,
            "architectures": ["GPT2LMHeadModel"],
            "attn_pdrop": 0.1,
            "bos_token_id": end,
            "decoder_start_token_id": end,
            "embd_pdrop": 0.1,
            "eos_token_id": end,
            "initializer_range": 0.02,
            "is_decoder": True,
            "layer_norm_epsilon": 1e-05,
            "model_type": "gpt2",
            "n_inner": None,
            "pad_token_id": end,
            "resid_pdrop": 0.1,
            "scale_attn_weights": True,
            "tie_word_embeddings": True,
            "use_cache": True,
            "vocab_size": vocabulary,
            **decoder,
        },
        "decoder_start_token_id": end,
        "encoder": {
            "architectures": ["ViTModel"],
            "attention_probs_dropout_prob": 0.0,
            "encoder_stride": 16,
            "hidden_act": "gelu",
            "hidden_dropout_prob": 0.0,
            "initializer_range": 0.02,
            "layer_norm_eps": 1e-12,
            "model_type": "vit",
            "num_channels": 3,
            "qkv_bias": True,
            **encoder,
        },
        "eos_token_id": end,
        "is_encoder_decoder": True,
        "model_type": "vision-encoder-decoder",
        "pad_token_id": end,
        "tie_word_embeddings": False,
        "torch_dtype": "float32",
        "transformers_version": "4.15.0",
    }


def clip_config(vocabulary, projection, text, vision):
    """`eos_token_id` 2 as in the older files: the text is pooled at its largest id."""
    shared = {"attention_dropout": 0.0, "hidden_act": "quick_gelu", "initializer_factor": 1.0}
    shared |= {"initializer_range": 0.02, "layer_norm_eps": 1e-05, "projection_dim": projection}
    ids = {"bos_token_id": 0, "eos_token_id": 2, "pad_token_id": 1, "vocab_size": vocabulary}
    return {
        "architectures": ["CLIPModel"],
        "initializer_factor": 1.0,
        "logit_scale_init_value": 2.6592,
        "model_type": "clip",
        "projection_dim": projection,
        "text_config": {"model_type": "clip_text_model", **shared, **ids, **text},
        "torch_dtype": "float32",
        "transformers_version": "4.16.0.dev0",
        "vision_config": {"model_type": "clip_vision_model", "num_channels": 3, **shared, **vision},
    }


def generation_config(config):
    """What conversion derives from the config: the ids alone."""
    source = config.get("text_config", config)
    names = ["bos_token_id", "decoder_start_token_id", "eos_token_id", "pad_token_id"]
    return {
        "_from_model_config": True,
        **{name: source[name] for name in names if name in source},
        "transformers_version": "4.27.0.dev0",
    }


def preprocessor_config(family, side):
    """`git` and `clip` crop the middle, `blip` squashes; `vit-gpt2` is in the old form, where `size` is a number."""
    square = {"height": side, "width": side}
    clip = {"do_normalize": True, "do_resize": True, "image_mean": CLIP_MEAN, "image_std": CLIP_STD, "resample": 3}
    rescale = {"do_rescale": True, "rescale_factor": 1 / 255}
    if family == "git":
        crop = {"crop_size": square, "do_center_crop": True, "do_convert_rgb": True, "size": {"shortest_edge": side}}
        return {**crop, **clip, **rescale, "image_processor_type": "CLIPImageProcessor", "processor_class": "GitProcessor"}
    if family == "blip":
        names = {"image_processor_type": "BlipImageProcessor", "processor_class": "BlipProcessor", "size_divisor": 32}
        return {**clip, **rescale, **names, "size": square}
    if family == "vit-gpt2":
        half = {"image_mean": [0.5] * 3, "image_std": [0.5] * 3, "resample": 2, "size": side}
        return {"do_normalize": True, "do_resize": True, "feature_extractor_type": "ViTFeatureExtractor", **half}
    crop = {"crop_size": side, "do_center_crop": True, "feature_extractor_type": "CLIPFeatureExtractor", "size": side}
    return {**crop, **clip}


def word_pieces(pieces, size, specials=BERT_SPECIALS):
    """A BERT tokenizer: specials, punctuation, letters and digits alone and inside a word, then what of `pieces` is
    new, up to `size`."""
    signs = string.ascii_lowercase + string.digits
    first = [*specials, *string.punctuation, *signs, *(f"##{sign}" for sign in signs)]
    vocabulary = numbered(itertools.chain(first, pieces), size)
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.add_special_tokens([piece for piece in specials if not piece.startswith("[unused")])
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    ends = [(piece, vocabulary[piece]) for piece in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", special_tokens=ends
    )
    tokenizer.decoder = decoders.WordPiece(prefix="##", cleanup=True)
    return tokenizer


def gpt2_pieces(words, size):
    """GPT-2's tokenizer: bytes, then pairs that build `words` (each written as its pieces look, "Ġdog") letter by
    letter, up to `size`, <|endoftext|> the last."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary, merges = merged(alphabet, words, size - 1)
    vocabulary["<|endoftext|>"] = size - 1
    tokenizer = Tokenizer(models.BPE(vocabulary, merges))
    tokenizer.add_special_tokens(["<|endoftext|>"])
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def merged(alphabet, words, size):
    """The ids and merges that make of the alphabet's signs each word, from its left, until there are `size` pieces.
    A word may be a list of signs."""
    ids, merges = {sign: index for index, sign in enumerate(alphabet)}, []
    for word in words:
        left, *rest = word
        for sign in rest:
            if left + sign not in ids:
                if len(ids) == size:
                    return ids, merges
                ids[left + sign] = len(ids)
                merges.append((left, sign))
            left += sign
    raise SystemExit(f"the words give {len(ids)} pieces and not {size}")


def numbered(pieces, size):
    ids = {}
    for piece in pieces:
        if len(ids) == size:
            return ids
        ids.setdefault(piece, len(ids))
    if len(ids) < size:
        raise SystemExit(f"the words give {len(ids)} pieces and not {size}")
    return ids


def write_tokenizer(folder, tokenizer, files):
    """`files`: which of tokenizer.json, vocab.txt, vocab.json (with merges.txt) the folder holds."""
    settings = json.loads(tokenizer.to_str())
    model = settings["model"]
    pieces = sorted(tokenizer.get_vocab(), key=tokenizer.token_to_id)
    if "tokenizer.json" in files:
        tokenizer.save(str(folder / "tokenizer.json"))
    if "vocab.txt" in files:
        (folder / "vocab.txt").write_text("".join(f"{piece}\n" for piece in pieces), encoding="utf8")
    if "vocab.json" in files:
        ids = {piece: index for index, piece in enumerate(pieces)}
        (folder / "vocab.json").write_text(json.dumps(ids, ensure_ascii=False), encoding="utf8")
        merges = "".join(f"{' '.join(merge)}\n" for merge in model["merges"])
        (folder / "merges.txt").write_text(f"#version: 0.2\n{merges}", encoding="utf8")


def tokenizer_settings(family, length):
    """tokenizer_config.json and, beside it, special_tokens_map.json."""
    if family in ("git", "blip"):
        names = {"cls_token": "[CLS]", "mask_token": "[MASK]", "pad_token": "[PAD]", "sep_token": "[SEP]"}
        names["unk_token"] = "[UNK]"
        basic = {"do_basic_tokenize": True, "do_lower_case": True, "strip_accents": None, "tokenize_chinese_chars": True}
        processor = {"git": "GitProcessor", "blip": "BlipProcessor"}[family]
        return {**names, **basic, "tokenizer_class": "BertTokenizer", "processor_class": processor}, names
    end = "<|endoftext|>"
    if family == "vit-gpt2":
        names = {"bos_token": end, "eos_token": end, "unk_token": end}
        return {"add_prefix_space": False, "model_max_length": length, "tokenizer_class": "GPT2Tokenizer", **names}, names
    names = {"bos_token": "<|startoftext|>", "eos_token": end, "pad_token": end, "unk_token": end}
    basic = {"add_prefix_space": False, "do_lower_case": True, "errors": "replace"}
    return {**basic, "model_max_length": length, "tokenizer_class": "CLIPTokenizer", **names}, names


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf8")


def write_settings(folder, family, config, side, tokenizer, files):
    """Everything of a published folder but its weights."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "config.json", config)
    if family != "clip":
        write_json(folder / "generation_config.json", generation_config(config))
    write_json(folder / "preprocessor_config.json", preprocessor_config(family, side))
    length = config.get("text_config", config.get("decoder", {})).get("max_position_embeddings", 1024)
    settings, names = tokenizer_settings(family, length)
    write_json(folder / "tokenizer_config.json", settings)
    write_json(folder / "special_tokens_map.json", names)
    write_tokenizer(folder, tokenizer, files)


# How much a layer's two halves add to the states, beside the states themselves. More attention, and every word of a
# text says the same, for all of them look at much the same things; less of both, and a tied matrix repeats its input.
ATTENTION_GAIN, MLP_GAIN = 0.25, 0.7
ATTENTION_OUTPUTS = ("attention.output.dense", "self_attn.out_proj", "self_attn.projection", "attn.c_proj")
ATTENTION_OUTPUTS += ("crossattention.c_proj", "crossattention.output.dense")
MLP_OUTPUTS = ("output.dense", "mlp.fc2", "mlp.c_proj")
# GPT-2's words are its output matrix too, and nothing lies between: positions must speak louder for words to change.
POSITION_GAIN = 5
# Conv1D of GPT-2 is [in, out], every other matrix [out, in, ...].
CONV1D = ("c_attn", "c_proj", "q_attn", "c_fc")


def random_model(config, seed, embeddings):
    """The architecture of `config` with weights at which the network is alive: norms and biases differ from 1 and 0,
    and each word changes the next. `embeddings`: the deviation of a word's vector, which decides how far apart the
    logits lie."""
    settings = transformers.AutoConfig.for_model(**config)
    model = getattr(transformers, config["architectures"][0])._from_config(settings, attn_implementation="eager")
    random = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        with torch.no_grad():
            parameter.normal_(0.0, deviation(name, parameter, embeddings), generator=random)
            if parameter.dim() == 1 and name.endswith("weight"):
                parameter.add_(1.0)
    return model.eval()


def deviation(name, parameter, embeddings):
    if parameter.dim() < 2:
        return 0.1
    if name == "output.weight" or any(part in name for part in ("word_embed", "position_embed", "wte", "token_embed")):
        return embeddings
    if "wpe" in name:
        return POSITION_GAIN * embeddings
    if "cls_token" in name:
        return 1.0
    inputs = parameter.shape[0] if any(part in name for part in CONV1D) else parameter[0].numel()
    gain = 1.0
    if any(part in name for part in ATTENTION_OUTPUTS):
        gain = ATTENTION_GAIN
    elif any(part in name for part in MLP_OUTPUTS):
        gain = MLP_GAIN
    elif any(part in name for part in ("query", "key", "q_proj", "k_proj")):
        gain = 1.5
    return gain / math.sqrt(inputs)
