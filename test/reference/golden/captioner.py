"""One tiny checkpoint: taught, stored, and what transformers makes of it recorded."""

import copy
import json
import shutil
from pathlib import Path

import torch
import transformers
from golden import published
from golden.lessons import PICTURES, draw_pictures
from golden.random_weights import random_model
from safetensors.torch import load_file, save_file

OUT = Path(__file__).resolve().parents[3] / "fixtures/captioners"
# What a .bin file holds twice, as two views of one storage.
TIED = {
    "text_decoder.cls.predictions.decoder.weight": "text_decoder.bert.embeddings.word_embeddings.weight",
    "text_decoder.cls.predictions.decoder.bias": "text_decoder.cls.predictions.bias",
    "decoder.lm_head.weight": "decoder.transformer.wte.weight",
}
# Of best and second logit: what another order of float32 additions cannot bridge.
SMALLEST_GAP = 1e-3


class Captioner:
    """One checkpoint that is being made: its folder, model, tokenizer and processor."""

    def __init__(self, name, family, config, side, tokenizer, files, seed):
        self.name, self.family, self.config = name, family, config
        self.folder, self.golden = OUT / name, OUT / "golden" / name
        for folder in (self.folder, self.golden):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        self.model = random_model(config, seed, embeddings=0.1)
        # Before the settings: it writes settings of its own, in the form of today.
        self.settings = (self.folder, family, config, side, tokenizer, files)
        published.write_settings(*self.settings)
        self.tokenizer = tokenizer
        self.end = config.get("text_config", {}).get("sep_token_id") or config.get("eos_token_id")
        settings = json.loads((self.folder / "preprocessor_config.json").read_text())
        kind = settings.get("image_processor_type") or settings["feature_extractor_type"]
        kind = kind.replace("FeatureExtractor", "ImageProcessor")
        self.processor = getattr(transformers, f"{kind}Pil").from_pretrained(self.folder)
        self.pixels = self.processor(draw_pictures(), return_tensors="pt")["pixel_values"]

    def ids(self, text, special=False):
        return self.tokenizer.encode(text, add_special_tokens=special).ids

    def rows(self, texts, before=(), after=(), padding=0):
        """Ids, mask and labels of texts of different length, padded behind."""
        rows = [[*before, *(self.ids(text) if isinstance(text, str) else text), *after] for text in texts]
        longest = max(map(len, rows))
        ids = torch.tensor([row + [padding] * (longest - len(row)) for row in rows])
        mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
        return ids, mask, ids.masked_fill(mask == 0, -100)

    def teach(self, loss_of, steps, rate=3e-3):
        """Without dropout, so that it is the same at every run."""
        optimizer = torch.optim.Adam(self.model.parameters(), lr=rate)
        for _ in range(steps):
            optimizer.zero_grad()
            loss = loss_of(self.model)
            loss.backward()
            optimizer.step()
        print(f"{self.name}: loss {loss.item():.3f} after {steps} steps")

    def store(self, kind, extra=None):
        """`kind`: safetensors, sharded, bin; with -f16 behind it the weights are rounded first. `extra`: buffers of
        published files that no model of today holds."""
        half = kind.endswith("-f16")
        model = self.model.half() if half else self.model
        model.save_pretrained(self.folder, max_shard_size="48KB" if kind == "sharded" else "10GB")
        single = self.folder / "model.safetensors"
        if kind.startswith("bin"):
            weights = load_file(single)
            copies = {copy: weights[name] for copy, name in TIED.items() if name in weights}
            torch.save(weights | copies | (extra or {}), self.folder / "pytorch_model.bin")
            single.unlink()
        elif extra:
            save_file(load_file(single) | extra, single, metadata={"format": "pt"})
        self.model = model.float().eval()
        published.write_settings(*self.settings)

    def write_pixels(self):
        """The picture as the processor has it before it divides; what it then does is checked."""
        planes = self.processor(draw_pictures()[:2], do_rescale=False, do_normalize=False, return_tensors="pt")
        planes = planes["pixel_values"].to(torch.uint8)
        mean, std = self.processor.image_mean, self.processor.image_std
        rescaled = (planes.double() * (1 / 255)).float()
        column = [torch.tensor(list(numbers)).view(3, 1, 1) for numbers in (mean, std)]
        if not torch.equal((rescaled - column[0]) / column[1], self.pixels[:2]):
            raise SystemExit(f"{self.name}: the processor does more than dividing")
        save_file(dict(zip(PICTURES, planes)), self.golden / "pixels.safetensors")
        formula = "float32(float64(u) * rescale), then (x - mean) / std in float32"
        write_compact(
            self.golden / "pixels.json", {"rescale": 1 / 255, "mean": list(mean), "std": list(std), "formula": formula}
        )

    def write_states(self, states_of, pair):
        """`states_of(model, pixels)`; noise.json says how far float32 is from float64."""
        states = self.states_of_all(states_of, self.model, self.pixels)
        exact = self.states_of_all(states_of, double(self.model), self.pixels.double())
        noise = {}
        for name, tensor in states.items():
            error = (tensor.double() - exact[name]).abs().max().item()
            noise[name] = {"max": float(f"{tensor.abs().max():.3g}"), "float32_error": float(f"{error:.2g}")}
        save_file(
            {name: tensor.float().contiguous().clone() for name, tensor in states.items()},
            self.golden / "states.safetensors",
        )
        write_lines(self.golden / "noise.json", noise)
        write_compact(self.golden / "states.json", {"pairs": [{"pair": 0, "photo": PICTURES[0], **pair}]})

    def states_of_all(self, states_of, model, pixels):
        with torch.inference_mode():
            return {f"0.{name}": tensor for name, tensor in states_of(model, pixels[:1]).items()}

    def write_generations(self, cases, kind=None):
        """`cases`: (id, picture numbers, what is told of the input, the input itself, arguments)."""
        exact, written = double(self.model), []
        for name, numbers, told, inputs, arguments in cases:
            case = {"id": f"{name}/{'+'.join(map(str, numbers))}", "photos": [PICTURES[i] for i in numbers], **told}
            output = self.generate(self.model, self.pixels[numbers], inputs, arguments)
            case |= {"args": arguments, "ids": output.sequences.tolist()}
            if arguments.get("num_beams", 1) > 1:
                case["sequences_scores"] = [round(score, 7) for score in output.sequences_scores.tolist()]
            else:
                case["min_gap"] = min_gap(output, self.end)
                if case["min_gap"] < SMALLEST_GAP:
                    raise SystemExit(f"{self.name} {case['id']}: two ids are too near each other; take another seed")
            other = self.generate(exact, self.pixels[numbers].double(), inputs, arguments)
            if other.sequences.tolist() != case["ids"]:
                raise SystemExit(f"{self.name} {case['id']}: other ids in float64; take another seed")
            texts = self.tokenizer.decode_batch(case["ids"], skip_special_tokens=True)
            print(f"  {case['id']}: {texts}")
            written.append(case | {"texts": texts})
        write_cases(
            self.golden / "generate.json",
            {"model": self.name, "family": self.family, **({"kind": kind} if kind else {})},
            written,
        )

    def generate(self, model, pixels, inputs, arguments):
        rows = {name: torch.tensor(ids) for name, ids in inputs.items()}
        with torch.inference_mode():
            return model.generate(
                pixel_values=pixels, **rows, **arguments, return_dict_in_generate=True, output_scores=True
            )


def double(model):
    return copy.deepcopy(model).double()


def min_gap(output, end):
    """The smallest distance of best and second logit, as long as a row has not ended."""
    said = output.sequences[:, -len(output.scores) :]
    alive = ((said == end).cumsum(1) - (said == end).long() == 0).T
    best, second = torch.stack(output.scores).topk(2).values.unbind(-1)
    return float(f"{(best - second)[alive].min():.5g}")


def write_compact(path, value):
    path.write_text(json.dumps(value) + "\n", encoding="utf8")


def write_lines(path, entries):
    lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(value)}" for name, value in entries.items())
    path.write_text(f"{{\n{lines}\n}}\n", encoding="utf8")


def write_cases(path, head, cases):
    lines = ",\n".join(f"  {json.dumps(case)}" for case in cases)
    path.write_text(f'{json.dumps(head)[:-1]}, "cases": [\n{lines}\n]}}\n', encoding="utf8")
