import { deflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { compareLeaves } from "../../../../harness/report/document/leaves.js";
import { packText, unpackText } from "../../../../harness/report/document/packed-text.js";
import { findChangedValues, sealValues } from "../../../../harness/report/document/seal.js";

const LONG = "a".repeat(2 ** 23);

test.each([
  ["nothing", ""],
  ["a text", "Schnee ☃ und </script> 🐕\u2028"],
  ["one that packs too well", LONG],
])("%s comes back as it was", (_, text) => {
  expect(packText(text)).toMatch(/^[A-Za-z0-9+/]+=*$/);
  expect(unpackText(packText(text), "page.html")).toBe(text);
});

test("packed otherwise, it is the same text; with anything more, it is refused", () => {
  const text = "a red dog in the snow, ".repeat(50);
  const other = deflateSync(text, { level: 1 });
  expect(other.toString("base64")).not.toBe(packText(text));
  expect(unpackText(other.toString("base64"), "page.html")).toBe(text);
  const refused: readonly [string, RegExp][] = [
    [`${packText(text)} `, /page\.html: its data cannot be unpacked: they are not base64/],
    [Buffer.concat([other, Buffer.from("more")]).toString("base64"), /something stands after them/],
    [other.subarray(0, 20).toString("base64"), /cannot be unpacked: unexpected end/],
    [deflateSync(LONG).toString("base64"), /far longer than any report's/],
  ];
  for (const [packed, said] of refused) {
    expect(() => unpackText(packed, "page.html")).toThrow(said);
    expect(() => unpackText(packed, "page.html")).toThrow(expect.objectContaining({ code: "broken-report" }));
  }
});

test("long lists are sealed item by item, and what was changed in them is named", () => {
  const make = (said: string, last: number) => ({
    outcomes: Array.from({ length: 1500 }, (_, i) => ({ id: `${i}`, prediction: i === 1200 ? said : "a dog" })),
    values: Array.from({ length: 1500 }, (_, i) => (i === 1499 ? last : i)),
    rows: [{ score: "CIDEr", value: 1 }],
  });
  const [data, changed] = [make("a cat", 7), make("a cow", 8)];
  const seal = { values: sealValues(data), format: 2 } as const;
  expect(seal.values).toHaveLength(6 * (1500 + 1 + 2));
  expect(findChangedValues(data, seal)).toEqual({ changed: [], removed: 0, kept: 1500 + 1 + 2 });
  const found = findChangedValues(changed, seal).changed;
  expect(found.map(([path]) => path)).toEqual(["outcomes[1200]", "values"]);
  expect(found[0]![1]).toBe('{"id":"1200","prediction":"a cow"}');
  expect(compareLeaves(data, changed).map(({ path }) => path)).toEqual(["outcomes[1200].prediction", "values[1499]"]);
});
