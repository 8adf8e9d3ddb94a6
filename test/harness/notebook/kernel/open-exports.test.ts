import { expect, test } from "vitest";
import { openExports } from "../../../../harness/notebook/kernel/open-exports.js";

const open = (description: object) =>
  JSON.parse(openExports("node_modules/a/package.json", JSON.stringify(description))!) as { exports?: unknown };

test("any file is named, after the parts that have names", () => {
  const exports = { ".": "./a.js", "./b": { types: "./b.d.ts", default: "./b.js" } };
  expect(open({ name: "a", exports })).toEqual({ name: "a", exports: { ...exports, "./*": "./*" } });
  expect(Object.keys(open({ exports }).exports as object).at(-1)).toBe("./*");
});

test.each([["./a.js"], [{ types: "./a.d.ts", default: "./a.js" }], [["./a.js", "./b.js"]]])(
  "a package of one part: %j",
  (exports) => expect(open({ exports }).exports).toEqual({ ".": exports, "./*": "./*" }),
);

test.each([
  ["a.json", '{"exports": "./a.js"}'],
  ["package.json", '{"name": "a"}'],
  ["package.json", '{"exports": null}'],
  ["package.json", '{"exports": torn'],
  ["package.json", undefined],
])("%s with %s stays as it is", (path, text) => expect(openExports(path, text)).toBe(text));
