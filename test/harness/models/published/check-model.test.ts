import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openCheckpoint } from "../../../../harness/models/family-registry.js";
import { findKnownModel } from "../../../../harness/models/published/known-models.js";
import type { ModelCheck } from "../../../../harness/models/vision-language-model.js";
import { beach, editJson } from "../../../broken-folders.js";
import { ownCaptioners, readPixels } from "../../../captioners/golden.js";
import { runCli, Scratch } from "../../cli/run-cli.js";

const scratch = new Scratch();
const captioners = ownCaptioners().filter(({ name }) => name !== "clip");
const folderOf = (name: string) => captioners.find((each) => each.name === name)!.checkpoint;

/** A copy under the name of a published model. */
function copyAs(name: string, of: string): string {
  cpSync(folderOf(of), scratch.at(name), { recursive: true });
  return scratch.at(name);
}

async function inspect(
  ...args: string[]
): Promise<{ code: number | null; stderr: string; report: { check?: ModelCheck } }> {
  const { code, stdout, stderr } = await runCli("inspect", ...args, "--json");
  return { code, stderr, report: JSON.parse(stdout || "{}") as { check?: ModelCheck } };
}

describe("names", () => {
  const outputs = { kind: "logits", logits: [-1.2832, -1.2835, -1.284] };

  test.each([
    ["/models/git-base", {}, "git-base", "its folder"],
    ["/hub/models--microsoft--git-base/snapshots/0123abc", {}, "git-base", "its folder in the cache"],
    ["/models/mine", { _name_or_path: "microsoft/git-base" }, "git-base", "its config.json"],
    ["/models/git-base", { _name_or_path: "microsoft/git-large" }, "git-base", "its folder"],
  ])("%s %j", (folder, config, name, calledBy) => {
    expect(findKnownModel(folder, config)).toEqual({ name, calledBy, outputs });
  });

  test.each([
    ["/git-base/models/mine", {}],
    ["/models/git-base-of-mine", { _name_or_path: "" }],
    ["/models/constructor", { _name_or_path: "somebody/toString" }],
    ["/models/mine", null],
  ])("%s %j is none", (folder, config) => {
    expect(findKnownModel(folder, config)).toBeUndefined();
  });
});

test.each(captioners.map(({ name }) => [name]))(
  "%s passes the check of itself, with a picture or without",
  async (name) => {
    for (const photo of [[], [beach]]) {
      const { code, report } = await inspect(folderOf(name), "--check", ...photo);
      expect([code, report.check?.passed]).toEqual([0, true]);
      expect(report.check!.notes).toEqual([expect.stringContaining("Nothing is known of a model of this name")]);
      expect(report.check!.findings.map(({ passed }) => passed)).toEqual([true, true, true]);
    }
  },
);

test("a model that does not compute finite numbers fails, and the exit code says so", async () => {
  const folder = copyAs("not-finite", "git");
  const path = join(folder, "model.safetensors");
  const bytes = readFileSync(path);
  const data = 8 + Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.toString("utf8", 8, data)) as Record<
    string,
    { shape: number[]; data_offsets: [number, number] }
  >;
  // Each of these numbers is one; what the first logit becomes of them is none.
  const [begin, end] = header["output.weight"]!.data_offsets;
  const { shape } = header["output.weight"]!;
  for (let at = begin; at < begin + (end - begin) / shape[0]!; at += 4) bytes.writeFloatLE(3.4e38, data + at);
  scratch.write("not-finite/model.safetensors", bytes);
  const { code, stderr, report } = await inspect(folder, "--check");
  expect([code, report.check?.passed]).toEqual([2, false]);
  expect(stderr).toContain("is not what it should be");
  expect(report.check!.findings[0]).toMatchObject({ expected: [0], found: [1], passed: false });
});

test("a model of a known name is held against its known logits, which are the first after the start token", async () => {
  const captioner = captioners.find(({ name }) => name === "git")!;
  const folder = copyAs("git-base", "git");
  const { code, stderr, report } = await inspect(folder, "--check", beach);
  expect(code).toBe(2);
  expect(stderr).toContain("is not what it should be");
  const { notes, findings } = report.check!;
  expect(notes[0]).toContain("git-base, as its folder calls it");
  expect(findings).toEqual([
    expect.objectContaining({ expected: [-1.2832, -1.2835, -1.284], allowed: 1e-4, passed: false }),
  ]);
  const shown = (await runCli("inspect", folder, "--check", beach)).stdout;
  expect(shown).toContain("Check: FAILED");
  expect(shown).toContain("expected  -1.2832 -1.2835 -1.2840");

  // On a golden picture, they are what the reference computes.
  const { pairs } = captioner.json<{ pairs: readonly { photo: string }[] }>("states.json");
  const { photo } = pairs[0]!;
  const check = await (await openCheckpoint(folder)).check!(readPixels(captioner, photo));
  const golden = captioner.tensors("states.safetensors").get("0.logits.text")!;
  check.findings[0]!.found.forEach((logit, i) => {
    expect(Math.abs(logit - golden.data[i]!)).toBeLessThan(1e-4);
  });
});

test("without the photograph, a known model is held against itself and says what to give", async () => {
  const { code, report } = await inspect(copyAs("git-large-coco", "git"), "--check");
  expect(code).toBe(0);
  expect(report.check!.notes[0]).toContain("COCO val2017 000000039769.jpg. Give it to compare them.");
  expect(report.check!.findings).toHaveLength(3);
});

test("BLIP's demo captions are only shown: the picture may be another", async () => {
  const folder = copyAs("named-in-config", "blip");
  editJson(join(folder, "config.json"), { _name_or_path: "Salesforce/blip-image-captioning-base" });
  const { code, report } = await inspect(folder, "--check", beach);
  expect(code).toBe(0);
  expect(report.check!.passed).toBeUndefined();
  const [plain, prompted] = report.check!.findings;
  expect(plain!.expected!.slice(0, 2)).toEqual([30_522, 1037]);
  expect(prompted!.expected!.slice(0, 4)).toEqual([30_522, 1037, 3861, 1997]);
  expect(plain!.found.length).toBeGreaterThan(2);
});

test.each([
  ["a preset", ["toy", "--check"], /toy cannot be checked/],
  ["a SimVLM", ["fixtures/checkpoints/caption", "--check"], /cannot be checked/],
  ["a picture that is not there", [folderOf("git"), "--check", "no/such.jpg"], /there is no such picture/],
  ["what is no picture", [folderOf("git"), "--check", "package.json"], /package\.json/],
])("%s is refused", async (_, args, said) => {
  const { code, stdout, stderr } = await runCli("inspect", ...args);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(said);
});

test("inspect tells of tokenizer, pictures, search and weights, whatever files they lie in", async () => {
  const { stdout } = await runCli("inspect", folderOf("git-vqa"));
  expect(stdout).toMatch(/tokenizer +WordPiece, [\d,]+ ids; start 2 \[CLS\], end 3 \[SEP\], padding 0 \[PAD\]/);
  expect(stdout).toMatch(/pictures +bicubic, shorter side to (\d+), then the middle \1 × \1; mean/);
  expect(stdout).toMatch(/decoding +beam search git, 4 beams, length penalty 0\.6/);
  expect(stdout).toMatch(/\(the weights\) +[0-9a-f]{64}/);
  const clip = ownCaptioners().find(({ name }) => name === "clip")!;
  expect((await runCli("inspect", clip.checkpoint)).stdout).toMatch(/tokenizer +BPE/);
});

test("a model that answers questions is asked one", async () => {
  const caption = (...more: string[]) => runCli("caption", beach, "--checkpoint", folderOf("blip-vqa"), ...more);
  for (const prompt of [[], ["--prompt", " "]]) {
    const { code, stdout, stderr } = await caption(...prompt);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/answers questions about pictures.*--prompt/);
  }
  expect((await caption("--prompt", "what is it?")).code).toBe(0);
});
