import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cp, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createRandom, type Random } from "../../harness/random.js";
import { loadPretrainedTokenizer, saveTokenizer, type Tokenizer } from "../../harness/text/index.js";
import { hasShared, sharedFolder } from "../shared.js";

interface GoldenString {
  text: string;
  ids: number[];
  decoded: string;
  decoded_with_special: string;
}

const models = join(sharedFolder, "reference/models");
const folderOf = (name: string): string => join(models, "checkpoints", name);
const readJson = <T>(...path: string[]): T => JSON.parse(readFileSync(join(...path), "utf8")) as T;

/** The tokenizers of the golden file, as `tokenizers.json` names them. */
const golden: Record<string, { class: string; strings: GoldenString[] }> = hasShared
  ? readJson(models, "golden/tokenizers.json")
  : {};
const names = Object.keys(golden);

interface ModelConfig {
  vocab_size?: number;
  text_config?: { vocab_size: number; bos_token_id: number; sep_token_id: number };
  decoder?: { vocab_size: number };
}

/** What the model's config says of its tokenizer; BLIP's two tokens are those after its published vocabulary's. */
async function load(name: string, folder = folderOf(name)): Promise<Tokenizer> {
  const config = readJson<ModelConfig>(folderOf(name), "config.json");
  const vocabularySize = (config.text_config ?? config.decoder ?? config).vocab_size!;
  if (!name.startsWith("blip")) return loadPretrainedTokenizer(folder, { vocabularySize });
  const { bos_token_id: startId, sep_token_id: endId } = config.text_config!;
  const added = { "[DEC]": startId, "[ENC]": startId + 1 };
  return loadPretrainedTokenizer(folder, { vocabularySize, startId, endId, padId: 0, added });
}

describe.skipIf(!hasShared)("tokenizers of published folders", () => {
  it.each(names)("%s gives the golden ids and texts", async (name) => {
    const tokenizer = await load(name);
    const { strings } = golden[name]!;
    for (const { text, ids, decoded, decoded_with_special } of strings) {
      const bare = golden[name]!.class === "GPT2Tokenizer" ? ids : ids.slice(1, -1);
      expect({ text, ids: tokenizer.encode(text) }).toEqual({ text, ids: bare });
      expect(tokenizer.decode(ids)).toBe(decoded);
      expect(tokenizer.decode(ids, { skipSpecial: false })).toBe(decoded_with_special);
      expect(tokenizer.pieces(ids)).toHaveLength(ids.length);
    }
    expect(strings.length).toBeGreaterThan(10);
  });

  it.each(names)("%s is the same again from the tokenizer.json that it writes", async (name) => {
    const tokenizer = await load(name);
    const folder = await mkdtemp(join(tmpdir(), "tokenizer-"));
    await saveTokenizer(tokenizer.file, join(folder, "tokenizer.json"));
    const { vocabSize, startId, endId, padId } = tokenizer;
    const added = name.startsWith("blip") ? { "[DEC]": startId, "[ENC]": startId + 1 } : {};
    const again = await loadPretrainedTokenizer(folder, { vocabularySize: vocabSize, startId, endId, padId, added });
    for (const { text, ids, decoded } of golden[name]!.strings) {
      expect(again.encode(text)).toEqual(tokenizer.encode(text));
      expect(again.decode(ids)).toBe(decoded);
    }
    expect(again.file).toEqual(tokenizer.file);
  });

  it.each(names.filter((name) => !/clip-|refuse|train/.test(name)))("%s reads what the model says", async (name) => {
    const tokenizer = await load(name);
    const { cases } = readJson<{ cases: { ids: number[][]; texts: string[] }[] }>(
      models,
      "golden",
      name,
      "generate.json",
    );
    for (const { ids, texts } of cases) expect(ids.map((row) => tokenizer.decode(row))).toEqual(texts);
  });

  it.each(names.filter((name) => name.startsWith("clip-")))("%s begins CLIPScore's ids", async (name) => {
    const tokenizer = await load(name);
    const { prefix, items } = readJson<{ prefix: string; items: { caption: string; ids: number[] }[] }>(
      models,
      "golden",
      name,
      "clipscore.json",
    );
    for (const { caption, ids } of items) {
      const whole = [tokenizer.startId, ...tokenizer.encode(prefix + caption)];
      expect([...whole.slice(0, ids.length - 1), tokenizer.endId]).toEqual(ids);
    }
  });
});

const python = process.env.SIMVLM_PYTHON;
if (!python) {
  console.log("Random texts are not compared: SIMVLM_PYTHON names no Python that has transformers 5.24 installed.");
}

const PARTS = [
  ..."a man riding horses the dog's don't WE'LL café straße İstanbul ΟΔΟΣ ﬁ ½ 日本 한국어 مرحبا हिन्दी ไทย".split(" "),
  ..."##s ##ing [CLS] [SEP] [MASK] [UNK] [DEC] <|endoftext|> <|startoftext|> <|ENDOFTEXT|> </w> 1,000.50 ² Ⅷ ٣".split(
    " ",
  ),
  ...[
    "e\u0301",
    "\u212B",
    "👩‍👩‍👧‍👦",
    "👍🏽",
    "ｆｕｌｌ",
    "\u200B",
    "\uFEFF",
    "\u00AD",
    "\u2028",
    "\x85",
    "\x1C",
    "\0",
    "\uFFFD",
  ],
  ...[" ", " ", "  ", "\t", "\r\n", "\u3000", "\u00A0"],
];
const BLOCKS = [
  0, 0x80, 0x300, 0x600, 0x1000, 0x2000, 0x3000, 0xa000, 0xd800, 0xe000, 0x11000, 0x1d000, 0x20000, 0x110000,
];

/** Words, tokens and characters of every block in any order. */
function randomText(random: Random): string {
  const part = (): string => {
    if (random.next() < 0.6) return PARTS[random.integer(PARTS.length)]!;
    const block = random.integer(BLOCKS.length - 1);
    const [low, high] = [BLOCKS[block]!, BLOCKS[block + 1]!];
    const code = low + random.integer(high - low);
    return code >= 0xd800 && code < 0xe000 ? "?" : String.fromCodePoint(code);
  };
  return Array.from({ length: 1 + random.integer(14) }, part).join("");
}

describe.skipIf(!hasShared || !python)("random texts, beside transformers", () => {
  const VARIANTS: [name: string, changes: object][] = [
    ...names.map((name): [string, object] => [name, {}]),
    ["git-a", { do_lower_case: false }],
    ["git-a", { strip_accents: false, tokenize_chinese_chars: false }],
    ["git-vqa", { tokenizer_class: "PreTrainedTokenizerFast", additional_special_tokens: ["[DEC]", "日本"] }],
    ["vitgpt2", { add_prefix_space: true, pad_token: "<|pad|>" }],
    ["clip-b32", { pad_token: "!" }],
  ];

  it("have the same ids and texts", { timeout: 300_000 }, async () => {
    const random = createRandom(1);
    const scratch = await mkdtemp(join(tmpdir(), "tokenizers-"));
    const texts = Array.from({ length: 1000 }, () => randomText(random));
    const folders = await Promise.all(
      VARIANTS.map(async ([name, changes], index) => {
        const folder = join(scratch, `${index}-${name}`);
        await cp(folderOf(name), folder, { recursive: true, filter: (path) => !/\.(bin|safetensors)$/.test(path) });
        const config = readJson<object>(folder, "tokenizer_config.json");
        await writeFile(join(folder, "tokenizer_config.json"), JSON.stringify({ ...config, ...changes }));
        return folder;
      }),
    );
    const script = fileURLToPath(new URL("pretrained-tokenizers.py", import.meta.url));
    const input = JSON.stringify({ folders, texts });
    const { stdout, status, stderr } = spawnSync(python!, [script], { input, encoding: "utf8", maxBuffer: 2 ** 30 });
    expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
    const answers = JSON.parse(stdout) as { size: number; rows: [ids: number[], decoded: string, whole: string][] }[];
    for (const [index, { size, rows }] of answers.entries()) {
      const tokenizer = await loadPretrainedTokenizer(folders[index]!, { vocabularySize: size });
      for (const [row, [ids, decoded, whole]] of rows.entries()) {
        const where = { folder: folders[index], text: texts[row] };
        const own = tokenizer.encode(texts[row]!);
        expect({ ...where, ids: own }).toEqual({ ...where, ids });
        expect({ ...where, decoded: tokenizer.decode(ids) }).toEqual({ ...where, decoded });
        expect(tokenizer.decode(ids, { skipSpecial: false })).toBe(whole);
      }
    }
    expect(answers).toHaveLength(VARIANTS.length);
  });
});
