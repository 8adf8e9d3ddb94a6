"""What the tiny captioners learn: pictures, captions, questions, and the words of their tokenizers."""

import re
from pathlib import Path

from PIL import Image, ImageDraw

PICTURES = ["beach.jpg", "street.png"]
IMAGES = Path(__file__).resolve().parents[3] / "fixtures/images"

CAPTIONS = [
    "a red umbrella on a beach near the sea.",
    "a red bus drives down a street.",
    "two green trees under a blue sky.",
    "a yellow moon over a dark house.",
    "a blue ball on a green field.",
    "a white boat on dark water at night.",
]
PROMPT = "a picture of"
# Plain ones twice: the model knows the prompt, but does not begin with it.
TAUGHT = [*CAPTIONS, *CAPTIONS, *(f"{PROMPT} {caption}" for caption in CAPTIONS)]
OTHER_CAPTIONS = ["a white boat sails under the sun.", "a bus in front of houses."]
ANSWERS = {
    "what color is the bus?": ["there is no bus", "red", "there is no bus", "there is no bus", "no bus", "no bus"],
    "is there a boat?": ["yes", "no", "no", "no", "no", "yes"],
    "how many trees are there?": ["0", "1", "2", "0", "0", "0"],
}


def draw_pictures():
    """The pictures that the captions above are about, the project's own two first."""
    pictures = [Image.open(IMAGES / name).convert("RGB") for name in PICTURES]

    def drawn(ground, *shapes):
        image = Image.new("RGB", (96, 80), ground)
        draw = ImageDraw.Draw(image)
        for kind, box, color in shapes:
            getattr(draw, kind)(box, fill=color)
        pictures.append(image)

    drawn(
        "skyblue",
        ("rectangle", (0, 60, 96, 80), "khaki"),
        ("ellipse", (8, 20, 40, 66), "green"),
        ("ellipse", (52, 24, 88, 66), "green"),
    )
    drawn("midnightblue", ("ellipse", (60, 6, 84, 30), "yellow"), ("rectangle", (12, 40, 56, 80), "black"))
    drawn("limegreen", ("rectangle", (0, 0, 96, 24), "white"), ("ellipse", (34, 30, 66, 62), "blue"))
    drawn("black", ("polygon", [(30, 40), (48, 10), (50, 40)], "white"), ("rectangle", (26, 42, 62, 50), "white"))
    return pictures


def words():
    """Most words that occur, whole; the rest must be spelled out of pieces."""
    texts = [*CAPTIONS, *OTHER_CAPTIONS, *ANSWERS, *sum(ANSWERS.values(), []), PROMPT, "a photo depicts"]
    found = dict.fromkeys(re.findall(r"[a-z]{2,}", " ".join(texts)))
    return [word for word in found if word not in ("houses", "umbrella", "sails")] + ["house", "##s", "um", "##bre"]


def gpt2_words():
    return [f"\u0120{word}" for word in words() if word.isalpha()]


def clip_words():
    return [[*word[:-1], f"{word[-1]}</w>"] for word in words() if word.isalpha()]
