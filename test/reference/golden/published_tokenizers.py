"""Tokenizers of the published kinds, of words that are given: no training, so that they are the same at every run."""

import itertools
import json
import string

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

# BERT's first pieces; [CLS] and [SEP] are 101 and 102 as in every published vocabulary.
BERT_SPECIALS = ["[PAD]", *(f"[unused{i}]" for i in range(99)), "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
# The same without unused pieces: [CLS] and [SEP] are 2 and 3.
SHORT_SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


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


def gpt2_pieces(words, size=None):
    """GPT-2's tokenizer: bytes, then pairs that build `words` (each written as its pieces look, "Ġdog") letter by
    letter, up to `size` or all, <|endoftext|> the last."""
    vocabulary, merges = merged(gpt2_alphabet(), words, size and size - 1)
    vocabulary["<|endoftext|>"] = len(vocabulary)
    tokenizer = Tokenizer(models.BPE(vocabulary, merges))
    tokenizer.add_special_tokens(["<|endoftext|>"])
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def gpt2_alphabet():
    """A sign for each byte, in the order of the published vocabularies."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    return [*map(chr, plain), *(chr(256 + index) for index in range(len(others)))]


def clip_pieces(words):
    """CLIP's tokenizer: bytes, bytes that end a word, then pairs that build `words` (lists of signs, the last of each
    with "</w>"), <|startoftext|> and <|endoftext|> the last two."""
    start, end = "<|startoftext|>", "<|endoftext|>"
    alphabet = gpt2_alphabet()
    vocabulary, merges = merged([*alphabet, *(f"{sign}</w>" for sign in alphabet)], words)
    vocabulary |= {start: len(vocabulary), end: len(vocabulary) + 1}
    model = models.BPE(vocabulary, merges, unk_token=end, end_of_word_suffix="</w>", continuing_subword_prefix="")
    tokenizer = Tokenizer(model)
    tokenizer.add_special_tokens([start, end])
    spaces = normalizers.Replace(Regex(r"\s+"), " ")
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), spaces, normalizers.Lowercase()])
    split = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
    words_of = pre_tokenizers.Split(Regex(split), behavior="removed", invert=True)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([words_of, pre_tokenizers.ByteLevel(add_prefix_space=False)])
    ends = [(piece, vocabulary[piece]) for piece in (end, start)]
    tokenizer.post_processor = processors.RobertaProcessing(*ends, trim_offsets=False, add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def merged(alphabet, words, size=None):
    """The ids and merges that make of the alphabet's signs each word, from its left, until there are `size` pieces;
    without it, all words. A word may be a list of signs."""
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
    if size is None or len(ids) == size:
        return ids, merges
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
