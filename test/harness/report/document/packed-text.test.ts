import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compareLeaves } from "../../../../harness/report/document/leaves.js";
import { packText, unpackText } from "../../../../harness/report/document/packed-text.js";
import { findChangedValues, sealValues } from "../../../../harness/report/document/seal.js";
import { encodeBase85 } from "../../../../harness/report/packing/base85.js";

test.each([
  ["nothing", ""],
  ["a text", JSON.stringify("Schnee ☃ und </script> <!-- <script> 🐕\u2028\0\ud800")],
  [
    "words that pack too well",
    JSON.stringify(Array.from({ length: 2 ** 17 }, () => `said "${"wellpacked ".repeat(4)}"`)),
  ],
  [
    "numbers",
    JSON.stringify([0, -0.05, 7, 1e21, 123456789012345, 2 ** 53 - 1, 1.7976931348623157e308, "007", "00", "0.070"]),
  ],
  ["ids", JSON.stringify(Array.from({ length: 999 }, (_, i) => ({ id: `${(i * 7919) % 999}`, "image_id ": i })))],
  ["characters of two units", JSON.stringify([1, 2, 3].map((shift) => `${"a".repeat(shift)}${"🐕".repeat(60)}`))],
  ["more words than two bytes tell apart", JSON.stringify(Array.from({ length: 60_000 }, (_, i) => words(i)))],
])("%s comes back as it was", async (_, json) => {
  const packed = await packText(json);
  expect(packed).toMatch(/^[^<"\s]*\n[^<"\s]*\n[^<"\s]*$/);
  expect(unpackText(packed, "page.html")).toBe(json);
});

/** A word of letters alone, twice. */
function words(i: number): string {
  const word = Array.from(i.toString(26), (digit) => String.fromCharCode(97 + Number.parseInt(digit, 26))).join("");
  return `${word} ${word}`;
}

test("any JSON comes back as it was", async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), fc.integer({ min: 0, max: 2 }), async (value, indent) => {
      const json = JSON.stringify([value, value, JSON.stringify(value)], null, indent);
      expect(unpackText(await packText(json), "page.html")).toBe(json);
    }),
  );
});

test("with anything more or less, or changed, it is refused", async () => {
  const text = JSON.stringify(Array.from({ length: 50 }, (_, id) => ({ id, said: "a red dog in the snow" })));
  const packed = await packText(text);
  const [words, codes, numbers] = packed.split("\n") as [string, string, string];
  const other = (await packText("[1]")).split("\n");
  const dense = [["a".repeat(999)], new Uint8Array(9999), new Uint8Array(0)].map((part) =>
    encodeBase85(deflateSync(part instanceof Uint8Array ? part : JSON.stringify(part))),
  );
  const refused: readonly [string, RegExp][] = [
    [`${packed.slice(0, 9)} ${packed.slice(9)}`, /page\.html: its data cannot be unpacked: they are not base 85/],
    [`${packed}\n`, /they are not three lines/],
    [[words, codes].join("\n"), /they are not three lines/],
    [[words, codes, `${numbers}00000`].join("\n"), /something stands after them/],
    [[words, codes.slice(0, 25), numbers].join("\n"), /cannot be unpacked: unexpected end/],
    [[other[0], codes, numbers].join("\n"), /a word is missing/],
    [[words, codes, other[2]].join("\n"), /numbers are missing, or left over/],
    [[other[1], codes, numbers].join("\n"), /not valid JSON|no list of words/],
    [dense.join("\n"), /far longer than any report's/],
  ];
  for (const [changed, said] of refused) {
    expect(() => unpackText(changed, "page.html")).toThrow(said);
    expect(() => unpackText(changed, "page.html")).toThrow(expect.objectContaining({ code: "broken-report" }));
  }
});

test("long lists are sealed as a whole, and what was changed in them is named", () => {
  const make = (said: string, last: number) => ({
    outcomes: Array.from({ length: 1500 }, (_, i) => ({ id: `${i}`, prediction: i === 1200 ? said : "a dog" })),
    values: Array.from({ length: 1500 }, (_, i) => (i === 1499 ? last : i)),
    rows: [{ score: "CIDEr", value: 1 }],
  });
  const [data, changed] = [make("a cat", 7), make("a cow", 8)];
  const seal = sealValues(data);
  expect(seal.values).toHaveLength(6 * 4);
  expect(seal.items!.outcomes).toHaveLength(2 * 1500);
  expect(findChangedValues(data, seal)).toEqual({ changed: [], removed: 0, kept: 1500 + 1 + 2 });
  const found = findChangedValues(changed, seal).changed;
  expect(found.map(([path]) => path)).toEqual(["outcomes[1200]", "values"]);
  expect(found[0]![1]).toBe('{"id":"1200","prediction":"a cow"}');
  expect(compareLeaves(data, changed).map(({ path }) => path)).toEqual(["outcomes[1200].prediction", "values[1499]"]);
  const shorter = { ...data, outcomes: data.outcomes.slice(1) };
  expect(findChangedValues(shorter, seal).changed.map(([path]) => path)).toEqual(["outcomes"]);
  const forged = { ...seal, items: sealValues(changed).items };
  expect(findChangedValues(changed, forged).changed.map(([path]) => path)).toEqual(["outcomes", "values"]);
});
