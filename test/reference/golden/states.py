"""What the reference computes on the way from a picture and a text to logits, under names of our own.

Each function takes a model of transformers (with eager attention), one picture's `pixel_values` and ids, and returns
tensors without a batch: hidden states [tokens, width], attentions [heads, query, key], logits [tokens, vocabulary].
"""

import contextlib


@contextlib.contextmanager
def watched(modules):
    """What goes in and out of `modules` (by name) during a pass: {name: (input, output)}."""
    seen = {}

    def keep(name):
        def hook(_, arguments, options, output):
            given = arguments[0] if arguments else options["hidden_states"]
            seen[name] = (given, output[0] if isinstance(output, tuple) else output)

        return hook

    handles = [module.register_forward_hook(keep(name), with_kwargs=True) for name, module in modules.items()]
    yield seen
    for handle in handles:
        handle.remove()


def layers_of(prefix, layers):
    return {f"{prefix}.{index}": layer for index, layer in enumerate(layers)}


def hidden(prefix, layers, seen):
    """`prefix.hidden.0` goes into the first layer, `.i` comes out of layer i."""
    states = {f"{prefix}.hidden.0": seen[f"{prefix}.0"][0][0]}
    return states | {f"{prefix}.hidden.{index + 1}": seen[f"{prefix}.{index}"][1][0] for index in range(len(layers))}


def attentions(prefix, maps):
    return {f"{prefix}.{index}": layer[0] for index, layer in enumerate(maps)}


def vision_states(model, layers, pixels):
    with watched(layers_of("vision", layers)) as seen:
        output = model(pixel_values=pixels, output_attentions=True)
    states = hidden("vision", layers, seen) | attentions("vision.attention", output.attentions)
    return states | {"vision.last": output.last_hidden_state[0]}, output


def git_states(model, pixels, ids):
    encoder = model.git.image_encoder
    states, output = vision_states(encoder, encoder.vision_model.encoder.layers, pixels)
    states["visual_projection"] = model.git.visual_projection(output.last_hidden_state)[0]
    states["text.embeddings"] = model.git.embeddings(ids)[0]
    layers = model.git.encoder.layer
    with watched(layers_of("text", layers)) as seen:
        output = model(pixel_values=pixels, input_ids=ids, output_attentions=True)
    states |= hidden("text", layers, seen) | attentions("text.attention", output.attentions)
    return states | {"logits.text": output.logits[0, -ids.shape[1] :]}


def blip_decoder_states(decoder, ids, memory):
    layers, transform = decoder.bert.encoder.layer, decoder.cls.predictions.transform
    with watched({**layers_of("decoder", layers), "transform": transform}) as seen:
        output = decoder(input_ids=ids, encoder_hidden_states=memory, output_attentions=True)
    states = hidden("decoder", layers, seen) | attentions("decoder.attention", output.attentions)
    states |= attentions("decoder.cross_attention", output.cross_attentions)
    return states | {"decoder.transform": seen["transform"][1][0], "logits": output.logits[0]}


def blip_states(model, pixels, ids):
    states, output = vision_states(model.vision_model, model.vision_model.encoder.layers, pixels)
    return states | blip_decoder_states(model.text_decoder, ids, output.last_hidden_state)


def blip_vqa_states(model, pixels, question, answer):
    states, output = vision_states(model.vision_model, model.vision_model.encoder.layers, pixels)
    layers = model.text_encoder.encoder.layer
    with watched(layers_of("question", layers)) as seen:
        asked = model.text_encoder(
            input_ids=question, encoder_hidden_states=output.last_hidden_state, output_attentions=True
        )
    states |= hidden("question", layers, seen) | attentions("question.attention", asked.attentions)
    states |= attentions("question.cross_attention", asked.cross_attentions)
    return states | blip_decoder_states(model.text_decoder, answer, asked.last_hidden_state)


def vit_gpt2_states(model, pixels, ids):
    states, _ = vision_states(model.encoder, model.encoder.layers, pixels)
    layers, last = model.decoder.transformer.h, model.decoder.transformer.ln_f
    with watched({**layers_of("decoder", layers), "last": last}) as seen:
        output = model(pixel_values=pixels, decoder_input_ids=ids, output_attentions=True)
    states |= hidden("decoder", layers, seen) | attentions("decoder.attention", output.decoder_attentions)
    states |= attentions("decoder.cross_attention", output.cross_attentions)
    return states | {"decoder.last": seen["last"][1][0], "logits": output.logits[0]}


def clip_states(model, pixels, ids):
    vision, text = model.vision_model, model.text_model
    states, output = vision_states(vision, vision.encoder.layers, pixels)
    del states["vision.last"]
    states["vision.pooled"] = output.pooler_output[0]
    states["image_projection"] = model.visual_projection(output.pooler_output)[0]
    with watched(layers_of("text", text.encoder.layers)) as seen:
        output = text(input_ids=ids, output_attentions=True)
    states |= hidden("text", text.encoder.layers, seen) | attentions("text.attention", output.attentions)
    states["text.last"] = output.last_hidden_state[0]
    states["text_projection"] = model.text_projection(output.pooler_output)[0]
    return states
