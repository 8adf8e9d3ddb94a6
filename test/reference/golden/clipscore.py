"""CLIPScore and RefCLIPScore of a CLIP, from the library's embeddings."""

import torch
from golden.captioner import write_compact
from golden.lessons import CAPTIONS, OTHER_CAPTIONS, PICTURES

CLIP_PREFIX = "A photo depicts "
CLIP_CONTEXT = 32


def write_clipscore(made):
    """CLIPScore and RefCLIPScore of the second-best captions, so that no cosine is the one that was taught."""

    def embed(text):
        ids = made.ids(CLIP_PREFIX + text, special=True)
        with torch.inference_mode():
            vector = made.model.text_projection(made.model.text_model(torch.tensor([ids])).pooler_output)[0]
        return ids, vector / vector.norm()

    with torch.inference_mode():
        images = made.model.visual_projection(made.model.vision_model(made.pixels[:2]).pooler_output)
    items = []
    for picture, candidate in enumerate(OTHER_CAPTIONS):
        image = images[picture] / images[picture].norm()
        references = [CAPTIONS[picture], CAPTIONS[picture + 2]]
        ids, vector = embed(candidate)
        cosine = (image @ vector).item()
        cosines = [(vector @ embed(reference)[1]).item() for reference in references]
        score, best = 2.5 * max(cosine, 0), max(cosines)
        harmonic = 2 * score * best / (score + best) if score > 0 and best > 0 else 0.0
        item = {"photo": PICTURES[picture], "caption": candidate, "ids": ids, "cosine": cosine, "clipscore": score}
        item |= {"references": references, "reference_cosines": cosines, "max_reference_cosine": best}
        items.append(item | {"refclipscore": harmonic})
    head = {
        "model": made.name,
        "family": made.family,
        "prefix": CLIP_PREFIX,
        "w": 2.5,
        "context": CLIP_CONTEXT,
        "items": items,
    }
    write_compact(made.golden / "clipscore.json", head)
