"""The same SimVLM in PyTorch: the benchmark's peer and, by its outputs, a check that both do the same work.

    engine.py SETTINGS.json FOLDER THREADS eager|compiled|bfloat16

Reads the weights FOLDER/weights.safetensors and the batch FOLDER/batch.safetensors (float32; names as in
harness/models/simvlm/parameters.ts and harness/models/simvlm/batch.ts), then one request a line: `encoder`, `train` or
`caption N`. Answers with one line of JSON: the milliseconds, and the process's peak memory so far. A path as last word of
a request is where the result goes, as raw float32. `compiled` goes through torch.compile; `bfloat16` has weights and
activations of that type, and trains float32 weights with them (autocast).
"""

import json
import math
import mmap
import re
import resource
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

EPSILON = 1e-6


def read_safetensors(path):
    with open(path, "rb") as file:
        memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    size = int.from_bytes(memory[:8], "little")
    header = json.loads(memory[8 : 8 + size])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        numbers = torch.frombuffer(memory, dtype=torch.float32, count=(end - begin) // 4, offset=8 + size + begin)
        tensors[name] = numbers.reshape(entry["shape"])
    return tensors


def same_padding(size, kernel, stride):
    """What must be padded before and after, as TensorFlow's "same" has it: the odd pixel goes after."""
    total = max(0, (math.ceil(size / stride) - 1) * stride + kernel - size)
    return total // 2, total - total // 2


class Conv(nn.Module):
    """A convolution of "same" padding; what is symmetric is left to the convolution itself."""

    def __init__(self, inputs, outputs, kernel, stride):
        super().__init__()
        self.kernel, self.stride = kernel, stride
        self.convolution = nn.Conv2d(inputs, outputs, kernel, stride, bias=False)

    def forward(self, x):
        before, after = same_padding(x.shape[-1], self.kernel, self.stride)
        if before != after:
            x = F.pad(x, (before, after, before, after))
            before = 0
        return F.conv2d(x, self.convolution.weight, stride=self.stride, padding=before)


class Bottleneck(nn.Module):
    def __init__(self, inputs, middle, stride, first, groups):
        super().__init__()
        outputs = 4 * middle
        self.reduce, self.reduce_norm = Conv(inputs, middle, 1, 1), nn.GroupNorm(groups, middle, EPSILON)
        self.spatial, self.spatial_norm = Conv(middle, middle, 3, stride), nn.GroupNorm(groups, middle, EPSILON)
        self.expand, self.expand_norm = Conv(middle, outputs, 1, 1), nn.GroupNorm(groups, outputs, EPSILON)
        if first:
            self.shortcut, self.shortcut_norm = Conv(inputs, outputs, 1, stride), nn.GroupNorm(groups, outputs, EPSILON)
        self.first = first

    def forward(self, x):
        y = F.relu(self.reduce_norm(self.reduce(x)))
        y = F.relu(self.spatial_norm(self.spatial(y)))
        y = self.expand_norm(self.expand(y))
        shortcut = self.shortcut_norm(self.shortcut(x)) if self.first else x
        return F.relu(shortcut + y)


class ConvStage(nn.Module):
    def __init__(self, config):
        super().__init__()
        width, groups = config["convWidth"], config["convGroups"]
        self.stem, self.stem_norm = Conv(3, width, 7, 2), nn.GroupNorm(groups, width, EPSILON)
        blocks, inputs = [], width
        for stage, count in enumerate(config["convBlocks"]):
            middle = width * 2**stage
            for index in range(count):
                blocks.append(Bottleneck(inputs, middle, 2 if stage > 0 and index == 0 else 1, index == 0, groups))
                inputs = 4 * middle
        self.blocks = nn.Sequential(*blocks)
        # What the stages leave of the patch is joined, pixel by pixel, in one token.
        self.window = config["patchSize"] // (4 * 2 ** (len(config["convBlocks"]) - 1))
        self.projection = nn.Linear(self.window**2 * inputs, config["width"])
        self.positions = nn.Parameter(torch.empty((config["imageSize"] // config["patchSize"]) ** 2, config["width"]))

    def forward(self, images):
        x = F.relu(self.stem_norm(self.stem(images)))
        before, after = same_padding(x.shape[-1], 3, 2)
        x = F.max_pool2d(F.pad(x, (before, after, before, after)), 3, 2)
        x = self.blocks(x)
        batch, channels, side, _ = x.shape
        tokens, window = side // self.window, self.window
        x = x.view(batch, channels, tokens, window, tokens, window).permute(0, 2, 4, 3, 5, 1)
        return self.projection(x.reshape(batch, tokens**2, window**2 * channels)) + self.positions


def attend(queries, keys, values, bias):
    """softmax(queries · keys / √d + bias) · values; all [batch, heads, tokens, d], keys transposed."""
    scores = torch.matmul(queries * queries.shape[-1] ** -0.5, keys)
    if bias is not None:
        scores = scores + bias
    return torch.matmul(scores.softmax(-1), values).transpose(1, 2).flatten(2)


class SelfAttention(nn.Module):
    def __init__(self, width, heads, offsets=0):
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width, EPSILON)
        self.qkv, self.output = nn.Linear(width, 3 * width), nn.Linear(width, width)
        if offsets:
            self.relative = nn.Parameter(torch.empty(heads, offsets))

    def project(self, x):
        batch, tokens, _ = x.shape
        return self.qkv(self.norm(x)).view(batch, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4)

    def forward(self, x, bias):
        queries, keys, values = self.project(x)
        return self.output(attend(queries, keys.transpose(-1, -2), values, bias))

    def step(self, x, cache, position):
        queries, keys, values = self.project(x)
        cache[0][:, :, position : position + 1] = keys
        cache[1][:, :, position : position + 1] = values
        keys, values = cache[0][:, :, : position + 1], cache[1][:, :, : position + 1]
        return self.output(attend(queries, keys.transpose(-1, -2), values, None))


class CrossAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width, EPSILON)
        self.query, self.kv, self.output = nn.Linear(width, width), nn.Linear(width, 2 * width), nn.Linear(width, width)

    def remember(self, memory):
        batch, tokens, _ = memory.shape
        keys, values = self.kv(memory).view(batch, tokens, 2, self.heads, -1).permute(2, 0, 3, 1, 4)
        return keys.transpose(-1, -2), values

    def forward(self, x, seen, bias):
        batch, tokens, _ = x.shape
        queries = self.query(self.norm(x)).view(batch, tokens, self.heads, -1).transpose(1, 2)
        return self.output(attend(queries, *seen, bias))


class Mlp(nn.Module):
    def __init__(self, width, inner):
        super().__init__()
        self.norm = nn.LayerNorm(width, EPSILON)
        self.input, self.output = nn.Linear(width, inner), nn.Linear(inner, width)

    def forward(self, x):
        return self.output(F.gelu(self.input(self.norm(x))))


class EncoderLayer(nn.Module):
    def __init__(self, width, heads, inner, offsets):
        super().__init__()
        self.attention, self.mlp = SelfAttention(width, heads, offsets), Mlp(width, inner)

    def forward(self, x, pairs, hidden):
        tokens, images = x.shape[1], pairs.shape[0]
        relative = self.attention.relative[:, pairs]  # [heads, image tokens, image tokens]
        bias = F.pad(relative, (0, tokens - images, 0, tokens - images)) + hidden
        x = x + self.attention(x, bias)
        return x + self.mlp(x)


class DecoderLayer(nn.Module):
    def __init__(self, width, heads, inner):
        super().__init__()
        self.attention, self.cross, self.mlp = (
            SelfAttention(width, heads),
            CrossAttention(width, heads),
            Mlp(width, inner),
        )

    def forward(self, x, future, seen, hidden):
        x = x + self.attention(x, future)
        x = x + self.cross(x, seen, hidden)
        return x + self.mlp(x)

    def step(self, x, cache, position, seen, hidden):
        x = x + self.attention.step(x, cache, position)
        x = x + self.cross(x, seen, hidden)
        return x + self.mlp(x)


class SimVLM(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        width, heads, inner = config["width"], config["heads"], config["mlpWidth"]
        side = config["imageSize"] // config["patchSize"]
        self.image = ConvStage(config)
        self.embedding = nn.Embedding(config["vocabularySize"], width)
        self.positions = nn.Parameter(torch.empty(config["textLength"], width))
        self.encoder = nn.ModuleList(
            EncoderLayer(width, heads, inner, (2 * side - 1) ** 2) for _ in range(config["encoderLayers"])
        )
        self.encoder_norm = nn.LayerNorm(width, EPSILON)
        self.decoder = nn.ModuleList(DecoderLayer(width, heads, inner) for _ in range(config["decoderLayers"]))
        self.decoder_norm = nn.LayerNorm(width, EPSILON)
        places = torch.stack(torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij"), -1).view(-1, 2)
        offsets = places[None] - places[:, None] + side - 1
        self.register_buffer("pairs", offsets[..., 0] * (2 * side - 1) + offsets[..., 1])

    def embed(self, tokens, first=0):
        return self.embedding(tokens) + self.positions[first : first + tokens.shape[1]]

    def encode(self, batch):
        images = self.image(batch["images"])
        visible = torch.cat([batch["imageMask"][:, None].expand(-1, images.shape[1]), batch["prefixMask"]], 1)
        hidden = ((1 - visible) * -1e9)[:, None, None]
        x = torch.cat([images, self.embed(batch["prefixTokens"])], 1)
        for layer in self.encoder:
            x = layer(x, self.pairs, hidden)
        return self.encoder_norm(x) * visible[..., None], hidden

    def loss(self, batch):
        memory, hidden = self.encode(batch)
        length = batch["suffixTokens"].shape[1]
        future = torch.full((length, length), -1e9).triu(1)
        x = self.embed(batch["suffixTokens"])
        for layer in self.decoder:
            x = layer(x, future, layer.cross.remember(memory), hidden)
        logits = F.linear(self.decoder_norm(x), self.embedding.weight)
        losses = F.cross_entropy(logits.flatten(0, 1), batch["targets"].flatten(), reduction="none")
        weights = batch["targetWeights"].flatten()
        return (losses * weights).sum() / weights.sum().clamp(min=1)

    def caption(self, batch, length, start, end):
        """Greedy, `length` tokens whatever they are, the encoder and all keys and values computed once."""
        memory, hidden = self.encode(batch)
        rows, heads, width = memory.shape[0], self.config["heads"], self.config["width"]
        seen = [layer.cross.remember(memory) for layer in self.decoder]
        caches = [[torch.empty(rows, heads, length, width // heads) for _ in range(2)] for _ in self.decoder]
        tokens, text = torch.full((rows, 1), start), []
        for position in range(length):
            logits = self.advance(tokens, position, caches, seen, hidden)
            logits[:, [start, end]] = -math.inf
            tokens = logits.argmax(-1, keepdim=True)
            text.append(tokens)
        return torch.cat(text, 1)

    def advance(self, tokens, position, caches, seen, hidden):
        """Scores of the next token."""
        x = self.embed(tokens, position)
        for layer, cache, prefix in zip(self.decoder, caches, seen):
            x = layer.step(x, cache, position, prefix, hidden)
        return F.linear(self.decoder_norm(x[:, 0]), self.embedding.weight)


def load(model, weights):
    """Gives each parameter the numbers that ours has; kernels of linear layers lie the other way round."""

    def put(parameter, name):
        numbers = weights.pop(name)
        if parameter.dim() == 4 and numbers.dim() == 2:
            numbers = numbers.t()[:, :, None, None]
        elif name.endswith(".kernel") and numbers.dim() == 2:
            numbers = numbers.t()
        with torch.no_grad():
            parameter.copy_(numbers)

    def put_norm(module, name):
        put(module.weight, f"{name}.scale")
        put(module.bias, f"{name}.bias")

    def put_linear(module, name):
        put(module.weight, f"{name}.kernel")
        put(module.bias, f"{name}.bias")

    image = model.image
    put(image.stem.convolution.weight, "image.stem.kernel")
    put_norm(image.stem_norm, "image.stem.norm")
    names = [f"{s}.{i}" for s, count in enumerate(model.config["convBlocks"]) for i in range(count)]
    for name, block in zip(names, image.blocks):
        for part in ["reduce", "spatial", "expand"] + (["shortcut"] if block.first else []):
            put(getattr(block, part).convolution.weight, f"image.stages.{name}.{part}.kernel")
            put_norm(getattr(block, f"{part}_norm"), f"image.stages.{name}.{part}.norm")
    put_linear(image.projection, "image.projection")
    put(image.positions, "image.positions")
    put(model.embedding.weight, "text.embedding")
    put(model.positions, "text.positions")
    for kind in ["encoder", "decoder"]:
        for index, layer in enumerate(getattr(model, kind)):
            name = f"{kind}.{index}"
            put_norm(layer.attention.norm, f"{name}.attention.norm")
            put_linear(layer.attention.qkv, f"{name}.attention.qkv")
            put_linear(layer.attention.output, f"{name}.attention.output")
            if kind == "encoder":
                put(layer.attention.relative, f"{name}.attention.relative")
            else:
                put_norm(layer.cross.norm, f"{name}.cross.norm")
                for part in ["query", "kv", "output"]:
                    put_linear(getattr(layer.cross, part), f"{name}.cross.{part}")
            put_norm(layer.mlp.norm, f"{name}.mlp.norm")
            put_linear(layer.mlp.input, f"{name}.mlp.input")
            put_linear(layer.mlp.output, f"{name}.mlp.output")
        put_norm(getattr(model, f"{kind}_norm"), f"{kind}.norm")
    if weights:
        raise SystemExit(f"weights without a place: {', '.join(weights)}")


def describe():
    """Versions, the BLAS that products go to, threads."""
    settings = torch.__config__.show()
    blas = re.search(r"BLAS_INFO=(\w+)", settings)
    mkl = re.search(r"Math Kernel Library Version ([\d.]+)", settings)
    onednn = re.search(r"MKL-DNN v([\d.]+)", settings)
    parts = [
        (f"{blas[1]} {mkl[1]}" if mkl and blas[1] == "mkl" else blas[1]) if blas else "its own BLAS",
        *([f"oneDNN {onednn[1]}"] if onednn else []),
        f"{torch.get_num_threads()} threads",
    ]
    return f"PyTorch {torch.__version__}, {', '.join(parts)}"


def peak_megabytes():
    """Of this process; what getrusage says may be its parent's."""
    try:
        with open("/proc/self/status") as file:
            return int(re.search(r"VmHWM:\s+(\d+)", file.read())[1]) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main():
    settings_path, folder, threads, variant = sys.argv[1:5]
    torch.set_num_threads(int(threads))
    with open(settings_path) as file:
        settings = json.load(file)
    model = SimVLM(settings["config"])
    load(model, read_safetensors(f"{folder}/weights.safetensors"))
    batch = read_safetensors(f"{folder}/batch.safetensors")
    for name in ["prefixTokens", "suffixTokens", "targets"]:
        batch[name] = batch[name].long()
    batch["images"] = batch["images"].permute(0, 3, 1, 2).contiguous()
    in_bfloat16 = variant == "bfloat16"
    if variant == "compiled":
        model.encode, model.loss = torch.compile(model.encode), torch.compile(model.loss)
        model.advance = torch.compile(model.advance, dynamic=True)
    optimizer = None

    def train():
        nonlocal optimizer
        optimizer = optimizer or torch.optim.AdamW(
            model.parameters(), lr=settings["learningRate"], betas=(0.9, 0.999), weight_decay=0.01, fused=True
        )
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=in_bfloat16):
            loss = model.loss(batch)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), settings["clipNorm"])
        optimizer.step()
        return loss.detach().reshape(1)

    def infer(work):
        if in_bfloat16 and model.embedding.weight.dtype != torch.bfloat16:
            torch.set_default_dtype(torch.bfloat16)
            model.to(torch.bfloat16)
            batch.update({name: part.to(torch.bfloat16) for name, part in batch.items() if part.is_floating_point()})
        with torch.inference_mode():
            return work()

    def encoder():
        return infer(lambda: model.encode(batch)[0])

    def caption(length=20):
        return infer(lambda: model.caption(batch, int(length), settings["start"], settings["end"]))

    works = {"train": train, "encoder": encoder, "caption": caption}
    print(json.dumps({"name": describe()}), flush=True)
    for line in sys.stdin:
        name, *words = line.split()
        path = words.pop() if words and not words[-1].isdigit() else None
        begin = time.perf_counter()
        result = works[name](*words)
        milliseconds = (time.perf_counter() - begin) * 1e3
        if path:
            with open(path, "wb") as file:
                file.write(result.float().contiguous().numpy().tobytes())
        print(json.dumps({"ms": milliseconds, "megabytes": peak_megabytes()}), flush=True)


main()
