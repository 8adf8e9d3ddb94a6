"""What the published folders of GIT, BLIP, ViT-GPT2 and CLIP hold beside their weights, at any size.

The scripts that make such folders (make-captioners.py here, ../bench/captioners/make-folders.py) say the sizes; what a
published config says beside them (ids, epsilons, activations, the fields of its time) stands here.
"""

import json
from pathlib import Path

from golden import published_tokenizers

CLIP_MEAN = [0.48145466, 0.4578275, 0.40821073]
CLIP_STD = [0.26862954, 0.26130258, 0.27577711]


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
        return {
            **crop,
            **clip,
            **rescale,
            "image_processor_type": "CLIPImageProcessor",
            "processor_class": "GitProcessor",
        }
    if family == "blip":
        names = {"image_processor_type": "BlipImageProcessor", "processor_class": "BlipProcessor", "size_divisor": 32}
        return {**clip, **rescale, **names, "size": square}
    if family == "vit-gpt2":
        half = {"image_mean": [0.5] * 3, "image_std": [0.5] * 3, "resample": 2, "size": side}
        return {"do_normalize": True, "do_resize": True, "feature_extractor_type": "ViTFeatureExtractor", **half}
    crop = {"crop_size": side, "do_center_crop": True, "feature_extractor_type": "CLIPFeatureExtractor", "size": side}
    return {**crop, **clip}


def tokenizer_settings(family, length):
    """tokenizer_config.json and, beside it, special_tokens_map.json."""
    if family in ("git", "blip"):
        names = {"cls_token": "[CLS]", "mask_token": "[MASK]", "pad_token": "[PAD]", "sep_token": "[SEP]"}
        names["unk_token"] = "[UNK]"
        basic = {
            "do_basic_tokenize": True,
            "do_lower_case": True,
            "strip_accents": None,
            "tokenize_chinese_chars": True,
        }
        processor = {"git": "GitProcessor", "blip": "BlipProcessor"}[family]
        return {**names, **basic, "tokenizer_class": "BertTokenizer", "processor_class": processor}, names
    end = "<|endoftext|>"
    if family == "vit-gpt2":
        names = {"bos_token": end, "eos_token": end, "unk_token": end}
        return {
            "add_prefix_space": False,
            "model_max_length": length,
            "tokenizer_class": "GPT2Tokenizer",
            **names,
        }, names
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
    published_tokenizers.write_tokenizer(folder, tokenizer, files)
