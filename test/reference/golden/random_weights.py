"""Models with random weights whose outputs depend on what goes in, which those of small initial weights hardly do."""

import math

import torch
import transformers

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
