import { expect, test } from "vitest";
import { reportCases, runCases } from "./hostile-files.js";

/** As many as take a few seconds; `FUZZ_CASES=20000` looks for more. */
const CASES = Number(process.env.FUZZ_CASES ?? 60);

test("whatever stands in a report: it is verified, or refused with a code, and soon", { timeout: 0 }, async () => {
  const counts = await reportCases(CASES);
  expect(Object.values(counts).reduce((a, b) => a + b)).toBe(CASES);
});

test("whatever stands in a run: it is verified, compared, reported and merged, or refused", {
  timeout: 0,
}, async () => {
  const counts = await runCases(3 * CASES);
  expect(Object.values(counts).reduce((a, b) => a + b)).toBe(3 * CASES);
});
