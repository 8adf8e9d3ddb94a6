import { expect, test } from "vitest";
import { reportCases, runCases } from "./hostile-files.js";

/** A tenth of them reports, which take ten times as long as runs. What lands is tried for half a minute. */
const CASES = Number(process.env.FUZZ_CASES ?? (process.env.CI ? 1_500 : 20_000));

test("thousands of reports and runs that somebody has changed: no bug, none that takes long", {
  timeout: 0,
}, async () => {
  const reports = await reportCases(CASES / 10);
  const runs = await runCases((9 * CASES) / 10);
  const counts = Object.entries({ ...reports, ...runs });
  console.log(`${CASES} cases: ${counts.map(([what, count]) => `${what} ${count}`).join(", ")}`);
  expect(counts.reduce((sum, [, count]) => sum + count, 0)).toBe(CASES);
});
