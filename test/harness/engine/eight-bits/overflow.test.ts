import { expect, test } from "vitest";
import { mayOverflow, tellsOverflow } from "../../../../harness/engine/eight-bits/overflow.js";

const describeCpu = (flags: string) => `processor\t: 0\nmodel name\t: some\nflags\t\t: ${flags}\nbugs\t\t: avx_vnni\n`;

test.each([
  ["fpu avx2 avx512_vnni gfni", false],
  ["fpu avx_vnni", false],
  ["fpu avx2 avx512f", true],
  ["fpu avx_vnni_int8_only avx2", true],
])("products in eight bits on x64 with %s may overflow: %s", (flags, expected) => {
  expect(tellsOverflow(describeCpu(flags))).toBe(expected);
});

test("what is not known may overflow", async () => {
  expect(tellsOverflow("")).toBe(true);
  expect(await mayOverflow()).toBeTypeOf("boolean");
  if (process.arch !== "x64") expect(await mayOverflow()).toBe(false);
});
