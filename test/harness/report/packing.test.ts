import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeBase85, encodeBase85 } from "../../../harness/report/packing/base85.js";

test.each([
  [[], ""],
  [[0], "00"],
  [[255, 255, 255, 255], "|NsC0"],
  [[250, 251, 252, 253, 254, 255], "`uqI-{{H"],
  [[...new TextEncoder().encode("hello world")], "Xk~0{Zy,MXa%^M"],
])("%j is %s, as Python's b85encode has it but for the comma", (bytes, text) => {
  expect(encodeBase85(Uint8Array.from(bytes))).toBe(text);
  expect([...decodeBase85(text)]).toEqual(bytes);
});

test("any bytes come back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect([...decodeBase85(encodeBase85(bytes))]).toEqual([...bytes]);
    }),
  );
});

test.each(["0", "00000A", "<<<<<", "é0000", "~~~~~", "00 00"])("%j is refused", (text) => {
  expect(() => decodeBase85(text)).toThrow(/they are (not base 85|cut off)/);
});
