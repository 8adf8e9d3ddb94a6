import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { beach, editJson, LFS_POINTER, rewriteHeader } from "../../../broken-folders.js";
import { project, runCli, Scratch } from "../../cli/run-cli.js";

const CAPTIONERS = join(project, "fixtures/captioners");
const scratch = new Scratch();

type Change = (folder: string) => void;

const config =
  (change: Record<string, unknown>): Change =>
  (folder) =>
    editJson(join(folder, "config.json"), change);
const preprocessor =
  (change: Record<string, unknown>): Change =>
  (folder) =>
    editJson(join(folder, "preprocessor_config.json"), change);
const replace =
  (name: string, text: string): Change =>
  (folder) =>
    writeFileSync(join(folder, name), text);
const without =
  (name: string): Change =>
  (folder) =>
    rmSync(join(folder, name));
const header =
  (change: (header: Record<string, { shape: number[]; dtype: string }>) => void): Change =>
  (folder) =>
    rewriteHeader(join(folder, "model.safetensors"), change);

const BROKEN: readonly (readonly [what: string, of: string, change: Change, said: RegExp])[] = [
  [
    "a tensor under another name",
    "git",
    header((all) => {
      all["output.bios"] = all["output.bias"]!;
      delete all["output.bias"];
    }),
    /missing output\.bias.*unexpected output\.bios/s,
  ],
  [
    "a wrong shape",
    "git",
    header((all) => all["output.weight"]!.shape.reverse()),
    /1 weight does not match.*wrong shape output\.weight/s,
  ],
  [
    "weights that are no floats",
    "git",
    header((all) => {
      all["output.weight"]!.dtype = "I32";
    }),
    /wrong type output\.weight \(I32\)/,
  ],
  ["an unknown model_type", "git", config({ model_type: "llava" }), /none of the known families.*GIT, BLIP/],
  ["a GIT for video", "git", config({ num_image_with_embedding: 6 }), /this GIT is for video/],
  [
    "a BLIP for retrieval",
    "blip",
    config({ architectures: ["BlipForImageTextRetrieval"] }),
    /BlipForImageTextRetrieval says nothing/,
  ],
  ["a config that is no JSON", "git", replace("config.json", "{"), /config\.json is not JSON/],
  ["a size that is no number", "git", config({ hidden_size: "64" }), /hidden_size/],
  ["heads that do not divide", "git", config({ num_attention_heads: 7 }), /7 heads do not divide/],
  ["a million layers", "git", config({ num_hidden_layers: 1_000_000 }), /num_hidden_layers: Too big/],
  [
    "graphs of transformers.js in the place of weights",
    "vit-gpt2",
    (folder) => {
      rmSync(join(folder, "pytorch_model.bin"));
      mkdirSync(join(folder, "onnx"));
    },
    /has no weights, but a folder onnx: .* as transformers\.js runs them\.(?! Download)/,
  ],
  ["no weights", "git", without("model.safetensors"), /has no weights/],
  [
    "a shard that is missing",
    "git-vqa",
    without("model-00002-of-00003.safetensors"),
    /model-00002-of-00003\.safetensors/,
  ],
  ["no tokenizer", "git", without("vocab.txt"), /has no tokenizer/],
  ["merges that are missing", "vit-gpt2", without("merges.txt"), /merges\.txt is missing/],
  [
    "a tokenizer without its special tokens",
    "git",
    (folder) => {
      const path = join(folder, "vocab.txt");
      writeFileSync(path, readFileSync(path, "utf8").replace("[CLS]", "[XXX]"));
    },
    /lacks the special token that begins a text/,
  ],
  [
    "a preprocessor of another size",
    "git",
    preprocessor({ crop_size: { height: 96, width: 96 } }),
    /makes pictures of 96 × 96/,
  ],
  ["a preprocessor that divides by nothing", "git", preprocessor({ image_std: [0, 0, 0] }), /image_std/],
];

/** Every command that takes a model's folder. */
const commandsOf = (folder: string, out: string): string[][] => [
  ["caption", beach, "--checkpoint", folder],
  ["inspect", folder],
  ["inspect", folder, "--check"],
  ["attend", beach, "--checkpoint", folder, "--out", `${out}.png`],
  ["export", folder, "--out", out],
  ["run", "--task", "caption", "--data", "fixtures/kept/nocaps", "--checkpoint", folder, "--out", out],
  ["run", "--task", "vqa", "--data", "fixtures/kept/vqa", "--checkpoint", folder, "--out", out],
];

async function expectRefusal(of: string, change: Change, said: RegExp): Promise<void> {
  const folder = scratch.at("broken");
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(CAPTIONERS, of), folder, { recursive: true });
  change(folder);
  for (const command of commandsOf(folder, scratch.at("out"))) {
    const { code, stdout, stderr } = await runCli(...command);
    expect([command[0], code, stdout]).toEqual([command[0], 2, ""]);
    expect(stderr).toMatch(said);
    expect(stderr).not.toContain("this is a bug");
  }
  expect(scratch.list()).toEqual(["broken"]);
}

test.each(BROKEN)("%s is refused by every command, and nothing is made", async (_, of, change, said) => {
  await expectRefusal(of, change, said);
});

describe.each(["git", "git-vqa", "blip", "vit-gpt2"])("%s", (of) => {
  test.each(readdirSync(join(CAPTIONERS, of)).map((name) => [name]))("with a Git LFS pointer for %s", async (name) => {
    await expectRefusal(of, replace(name, LFS_POINTER), /is a Git LFS pointer/);
  });
});

test("a folder in the place of a file", async () => {
  const change: Change = (folder) => {
    rmSync(join(folder, "vocab.txt"));
    mkdirSync(join(folder, "vocab.txt"));
  };
  await expectRefusal("git", change, /vocab\.txt is a folder, not a regular file/);
});
