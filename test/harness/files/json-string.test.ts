import fc from "fast-check";
import { expect, test } from "vitest";
import { endOfString } from "../../../harness/files/json-string.js";
import { SEEDED } from "../../metrics/generators.js";

test("a string ends where JSON says, whatever is escaped in it and whatever follows", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("\\", '"', "a", "\n") }), fc.string(), (text, after) => {
      const json = JSON.stringify(text);
      expect(endOfString(`[${json}${after}`, 1)).toBe(1 + json.length);
    }),
    SEEDED,
  );
});

test("a string that does not end is the rest of the text", () => {
  for (const text of ['"', '"a', '"\\"', '"\\\\\\"a']) expect(endOfString(text, 0)).toBe(text.length);
});
