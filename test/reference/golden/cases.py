"""What captioners are asked to generate: (id, numbers of pictures, what is told of the input, the input, arguments)."""

from golden.lessons import PROMPT

LENGTH = {"max_length": 20}


def plain_cases():
    """What any captioner is asked: (id, pictures, told, inputs, arguments)."""
    beams = {**LENGTH, "num_beams": 4}
    every = {
        "greedy": LENGTH,
        "default-length": {},
        "greedy-max6": {"max_length": 6},
        "greedy-min12": {**LENGTH, "min_length": 12},
        "greedy-ngram2": {**LENGTH, "no_repeat_ngram_size": 2},
        "greedy-reppen1.5": {**LENGTH, "repetition_penalty": 1.5},
        "beam4-lp1": {**beams, "length_penalty": 1.0},
        "beam4-lp0.6-early-True": {**beams, "length_penalty": 0.6, "early_stopping": True},
        "beam4-lp2-early-never": {**beams, "length_penalty": 2.0, "early_stopping": "never"},
        "beam4-lp-1": {**beams, "length_penalty": -1.0},
        "beam4-max6": {"max_length": 6, "num_beams": 4},
        "beam4-min12": {**beams, "min_length": 12},
        "beam4-ngram2": {**beams, "no_repeat_ngram_size": 2},
        "beam4-return4": {**beams, "num_return_sequences": 4},
    }
    cases = [(name, [picture], {}, {}, arguments) for name, arguments in every.items() for picture in (0, 1)]
    return cases + [("greedy-batch", [0, 1], {}, {}, LENGTH), ("beam4-batch", [0, 1], {}, {}, beams)]


def asked(name, pictures, told, field, rows, arguments):
    """A case with ids as input, recorded under the field's name."""
    return (
        name,
        pictures,
        {**told, field: rows},
        {"input_ids" if field == "input_ids_given" else field: rows},
        arguments,
    )


def prompted(captioner, field, before, after=()):
    ids = [[*before, *captioner.ids(PROMPT), *after]]
    told = {"text" if field == "input_ids_given" else "prompt": PROMPT}
    settings = {"prompt-greedy": LENGTH, "prompt-beam4": {**LENGTH, "num_beams": 4}}
    cases = [asked(name, [i], told, field, ids, arguments) for name, arguments in settings.items() for i in (0, 1)]
    return [*cases, asked("prompt-batch-same-beam4", [0, 1], told, field, ids * 2, settings["prompt-beam4"])]
