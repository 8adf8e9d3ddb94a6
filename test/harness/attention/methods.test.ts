import { describe, expect, test } from "vitest";
import { rollOut, rollOutTokens } from "../../../harness/attention/methods.js";
import { countKeys } from "../../../harness/models/attention-maps.js";
import { createRandom } from "../../../harness/random.js";
import { decoderOnly, smallModel } from "../models/simvlm/small.js";
import { randomImage } from "../models/simvlm/tiny.js";

test("two layers by hand", () => {
  const first = Float32Array.of(1, 0, 0.5, 0.5);
  const second = Float32Array.of(0, 1, 0, 1);
  // ½(A + I): [1 0; ¼ ¾] and then [½ ½; 0 1].
  expect([...rollOut({ length: 2, layers: [first, second] })]).toEqual([0.625, 0.375, 0.25, 0.75]);
});

test("without attention every place is itself", () => {
  const identity = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  expect([...rollOut({ length: 3, layers: [identity, identity] })]).toEqual([...identity]);
});

describe.each([
  ["encoder–decoder", {}],
  ["decoder-only", decoderOnly],
] as const)("%s", (_, layout) => {
  const maps = smallModel(layout).attention!;
  const said = {
    example: { image: randomImage(createRandom(3)), prompt: [270, 280, 290] },
    tokens: [300, 301, 302, 303],
  };

  test("rows add up to 1, before and after", async () => {
    const attention = await maps.selfAttention!(said);
    expect(attention.layers).toHaveLength(layout === decoderOnly ? 3 : 2);
    const rolled = rollOut(attention);
    for (const matrix of [...attention.layers, rolled]) {
      for (let row = 0; row < attention.length; row++) {
        const cells = [...matrix.subarray(row * attention.length, (row + 1) * attention.length)];
        expect(cells.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
      }
    }
  });

  test("each token's shares add up to 1 and see no later token", async () => {
    const record = await maps.record(said);
    const tokens = rollOutTokens(record, await maps.selfAttention!(said));
    const keys = tokens.data.length / 4;
    expect(keys).toBe(4 + 3 + countKeys(record, "text"));
    for (let token = 0; token < 4; token++) {
      const row = [...tokens.data.subarray(token * keys, (token + 1) * keys)];
      expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
      if (layout === decoderOnly) expect(row.slice(7 + token + 1).every((value) => value === 0)).toBe(true);
    }
    // The picture's tokens mix in the encoder, so the rolled out map is not the attention itself.
    expect(tokens.data).not.toEqual(record.data.subarray(0, tokens.data.length));
  });
});
