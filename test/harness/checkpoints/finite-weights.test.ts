import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { refuseNotFinite } from "../../../harness/checkpoints/finite-weights.js";
import { openStoredWeights } from "../../../harness/checkpoints/open-stored-weights.js";
import { openSafetensors, writeSafetensors } from "../../../harness/checkpoints/safetensors.js";
import type { StoredType } from "../../../harness/checkpoints/storage-types.js";
import { decodeGreedily } from "../../../harness/decoding/left-to-right.js";
import { openCheckpoint } from "../../../harness/models/family-registry.js";
import { project, runCli, Scratch } from "../cli/run-cli.js";

const LARGEST = { F32: 3.4e38, F16: 65_504, BF16: 3.3e38 } as const;

/** @param places in the order of the file, in numbers */
async function scan(dtype: StoredType, lengths: readonly number[], values: readonly number[]): Promise<void> {
  const path = new Scratch().at("model.safetensors");
  const weights = Object.fromEntries(
    lengths.map((length, i) => {
      const data = new Float32Array(length).fill(LARGEST[dtype]);
      data[length - 1] = values[i]!;
      return [`w${i}`, { shape: [length], data }];
    }),
  );
  await writeSafetensors(path, weights, { dtype });
  const file = await openSafetensors(path);
  try {
    await refuseNotFinite(Object.keys(weights).map((name) => ({ name, dtype, ...file.place(name)! })));
  } finally {
    await file.close();
  }
}

describe.each(["F32", "F16", "BF16"] as const)("%s", (dtype) => {
  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "%d is refused by its tensor",
    async (bad) => {
      for (const length of [1, 2, 3, 1001, (1 << 22) + 1]) {
        await expect(scan(dtype, [5, length, 3], [0, bad, 0])).rejects.toMatchObject({
          code: "not-finite-weights",
          message: expect.stringMatching(/model\.safetensors: "w1" has numbers that are none/),
        });
      }
    },
  );

  test("the largest and the smallest numbers are numbers", async () => {
    await scan(dtype, [1, 3, (1 << 22) + 1, 2], [LARGEST[dtype], -LARGEST[dtype], -0, 1e-45]);
  });
});

/** Writes the bits of a NaN into the middle of a weight of a checkpoint's copy. */
async function spoil(folder: string, choose: (name: string) => boolean): Promise<{ copy: string; name: string }> {
  const copy = new Scratch().at("copy");
  cpSync(folder, copy, { recursive: true });
  const file = await openStoredWeights(copy);
  const [name] = [...file.tensors.keys()].filter(choose) as [string];
  const { dtype } = file.tensors.get(name)!;
  const { path, offset, length } = file.place(name)!;
  await file.close();
  const bytes = readFileSync(path);
  const bits = { F32: [0, 0, 0xc0, 0x7f], F16: [0, 0x7e], BF16: [0xc0, 0x7f] }[dtype as StoredType];
  bytes.set(bits, offset + 4 * Math.floor(length / 8));
  writeFileSync(path, bytes);
  return { copy, name };
}

test.each(["checkpoints/caption", "captioners/blip", "captioners/git", "captioners/vit-gpt2"])(
  "a checkpoint with a NaN is refused when it is opened: %s",
  async (folder) => {
    const { copy, name } = await spoil(join(project, "fixtures", folder), (tensor) =>
      /(mlp|fc|dense|intermediate).*(kernel|weight)$/.test(tensor),
    );
    const error = { code: "not-finite-weights", message: expect.stringContaining(`"${name}"`) };
    await expect(openCheckpoint(copy)).rejects.toMatchObject(error);
    const { code, stdout, stderr } = await runCli("caption", "fixtures/images/beach.jpg", "--checkpoint", copy);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(name);
    const inspected = await runCli("inspect", copy);
    expect(inspected.stderr).toContain(`"${name}" has numbers that are none`);
    expect(inspected).toMatchObject({ code: 2, stdout: "" });
  },
);

test.each([Number.NaN, Number.POSITIVE_INFINITY])("a logit that is %d stops the search", async (bad) => {
  const logits = Float32Array.of(0, 1, bad, 2);
  const step = async () => logits.slice();
  const decoder = { vocabularySize: 4, countExamples: () => 1, encode: async () => ({ step, dispose() {} }) };
  const options = { start: 0, end: 3, maxLength: 3, minLength: 0, suppress: [] };
  await expect(decodeGreedily(decoder, undefined, options)).rejects.toMatchObject({ code: "not-finite-logits" });
});
