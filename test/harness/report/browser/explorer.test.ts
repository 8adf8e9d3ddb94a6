import { describe, expect, test } from "vitest";
import { countKinds, type KeyCounts } from "../../../../harness/models/attention-maps.js";
import { fitChoice, translateChange } from "../../../../harness/report/browser/explorer/choice.js";
import { step } from "../../../../harness/report/browser/explorer/keys.js";
import { percent, tellShares } from "../../../../harness/report/browser/explorer/shares.js";
import type { PaneChoice, PaneData } from "../../../../harness/report/explorer/explorer-data.js";
import { packLooks, poolRecord } from "../../../../harness/report/explorer/pack.js";
import { createReader, surroundingsOf } from "../../../../harness/report/explorer/reader.js";
import { type MadeSize, makeExploration } from "../explorer/made.js";

const ALL: PaneChoice = { word: 0, patch: -1, layer: -1, head: -1, method: "mean", control: false };

function makePane(size: Partial<MadeSize> = {}): PaneData {
  const exploration = makeExploration(size);
  const { words, attention, picture, control, ...rest } = exploration;
  return {
    ...rest,
    keys: countKinds(attention),
    range: [0, 1],
    words: words.map(({ text }) => text),
    grid: attention.grid,
    layers: attention.layers,
    heads: attention.heads,
    width: picture.width,
    height: picture.height,
    model: packLooks(exploration, words, { isControl: false }),
    control: packLooks(control!, words, { isControl: true }),
    seed: control!.seed,
  };
}

describe("what the page reads out of packed maps", () => {
  const { attention, words } = makeExploration();
  const pooled = poolRecord(attention, words);
  const reader = createReader(makePane());
  const mapAt = (layer: number, head: number, word: number) => {
    const place = (layer * 2 + head) * 5 + word;
    return pooled.maps.subarray(place * 16, (place + 1) * 16);
  };

  test("one layer and head are what was packed, to half a 255th of its range; shares add up to 1", () => {
    for (const [layer, head, word] of [
      [0, 0, 0],
      [2, 1, 4],
    ] as const) {
      const look = reader.look({ ...ALL, layer, head, word });
      const packed = mapAt(layer, head, word);
      const range = Math.max(...packed) - Math.min(...packed);
      look.map.forEach((value, patch) => {
        expect(Math.abs(value - packed[patch]!)).toBeLessThanOrEqual((0.5 * range) / 255 + 1e-6);
      });
      expect(look.image + look.prompt + look.suffix).toBeCloseTo(1, 6);
    }
  });

  test("class token, patches, prompt and own text are told apart and add up to 1", () => {
    const exploration = makeExploration({ published: true });
    const [patches, prompt, text] = [16, 2, 5];
    const look = createReader(makePane({ published: true })).look({ ...ALL, layer: 1, head: 1, word: 3 });
    const row = exploration.attention.data.subarray(((1 * 2 + 1) * 5 + 3) * (1 + patches + prompt + text));
    const sum = (from: number, count: number) => row.subarray(from, from + count).reduce((a, b) => a + b, 0);
    expect(look.classToken).toBeCloseTo(row[0]!, 5);
    expect(look.image).toBeCloseTo(sum(1, patches), 5);
    expect(look.prompt).toBeCloseTo(sum(1 + patches, prompt), 5);
    expect(look.suffix).toBeCloseTo(sum(1 + patches + prompt, text), 5);
    expect(look.image + look.prompt + look.suffix + look.classToken).toBeCloseTo(1, 6);
    expect(Math.abs(look.map[7]! - row[1 + 7]!)).toBeLessThan(0.002);
  });

  test("all of them together: their mean, or the greatest value at each patch", () => {
    const [mean, max] = (["mean", "max"] as const).map((method) => reader.look({ ...ALL, word: 2, method }).map);
    for (let patch = 0; patch < 16; patch++) {
      const values = [0, 1, 2].flatMap((layer) => [0, 1].map((head) => mapAt(layer, head, 2)[patch]!));
      expect(mean![patch]).toBeCloseTo(values.reduce((a, b) => a + b) / 6, 2);
      expect(max![patch]).toBeCloseTo(Math.max(...values), 2);
    }
  });

  test("rollout has neither layers nor heads to choose; a large control has no heads", () => {
    expect(reader.freedom(ALL)).toEqual({ layer: true, head: true });
    expect(reader.freedom({ ...ALL, method: "rollout" })).toEqual({ layer: false, head: false });
    const large = createReader(makePane({ layers: 12, heads: 12, grid: 14 }));
    expect(large.counts({ ...ALL, control: true })).toEqual({ layers: 12, heads: 1 });
  });
});

describe("a choice in another pane", () => {
  test("is kept within its words, layers, heads and methods", () => {
    const { control: _, seed: __, ...plain } = makePane({ words: ["a"], layers: 1 });
    const pane: PaneData = { ...plain, model: { attention: plain.model.attention! } };
    expect(fitChoice({ ...ALL, word: 4, layer: 2, head: 1, method: "gradient", control: true }, pane)).toEqual({
      ...ALL,
      word: 0,
      layer: -1,
      head: 1,
      method: "mean",
      control: false,
    });
  });

  test("means the same word as often before it, or else the same place; and the same part of the picture", () => {
    const from = makePane({ words: ["a", "dog", "a", "cat"] });
    const to = makePane({ words: ["the", "a", "cat", "a"], grid: 8 });
    const wordOf = (word: number) => translateChange({ word }, from, to).word;
    expect([0, 1, 2, 3].map(wordOf)).toEqual([1, 1, 3, 2]);
    // Row 1, column 2 of 4 × 4 covers rows 2 and 3, columns 4 and 5 of 8 × 8.
    expect(translateChange({ patch: 6 }, from, to)).toEqual({ patch: 3 * 8 + 5 });
    expect(translateChange({ patch: -1, layer: 2 }, from, to)).toEqual({ patch: -1, layer: 2 });
  });
});

test("keys lead through rows, and not out of them", () => {
  expect(step("ArrowRight", 2, 12, 4)).toBe(3);
  expect(step("ArrowRight", 3, 12, 4)).toBeUndefined();
  expect(step("ArrowLeft", 4, 12, 4)).toBeUndefined();
  expect(step("ArrowDown", 3, 12, 4)).toBe(7);
  expect(step("ArrowDown", 8, 12, 4)).toBeUndefined();
  expect([step("Home", 5, 12, 4), step("End", 5, 12, 4), step("x", 5, 12, 4)]).toEqual([0, 11, undefined]);
});

test("shares are told in as many decimals as they need, and long prompts are shortened", () => {
  expect([0.5, 0.0512, 0.00123, 0.00001].map(percent)).toEqual(["50\u00a0%", "5.1\u00a0%", "0.12\u00a0%", "0\u00a0%"]);
  const look = { map: new Float32Array(), image: 0.75, prompt: 0.25, suffix: 0, classToken: 0 };
  const tell = (prompt: string, keys: Partial<KeyCounts>, changed: object = {}) =>
    tellShares(
      { ...look, ...changed },
      surroundingsOf({ prompt, keys: { class: 0, patch: 16, prompt: 0, text: 0, ...keys } }),
    );
  expect(tell("", {})).toBe("picture 75\u00a0%");
  expect(tell("x".repeat(70), { prompt: 2 })).toBe(`picture 75\u00a0%, text prefix “${"x".repeat(59)}…” 25\u00a0%`);
  expect(tell("", { class: 1 }, { image: 0.7, classToken: 0.05 })).toBe("picture 70\u00a0%, class token 5.0\u00a0%");
  // The text that the decoder goes on from is nothing that cross attention looks at.
  expect(tell("a picture of", {})).toBe("picture 75\u00a0%");
  const all = { image: 0.25, classToken: 0.05, prompt: 0.4, suffix: 0.3 };
  expect(tell("what is it?", { class: 1, prompt: 4, text: 3 }, all)).toBe(
    "picture 25\u00a0%, class token 5.0\u00a0%, question “what is it?” 40\u00a0%, own text 30\u00a0%",
  );
  // A long question is a question though its end is not shown.
  expect(tell(`${"x".repeat(70)}?`, { prompt: 2 })).toMatch(/, question “x+…” /);
});
