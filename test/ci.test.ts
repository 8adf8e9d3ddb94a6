import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "simvlm-ci-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the count says of a folder of results, and its exit code. */
async function count(name: string, files: Readonly<Record<string, unknown>>): Promise<{ text: string; code: number }> {
  const results = join(folder, name);
  mkdirSync(results);
  for (const [file, content] of Object.entries(files)) writeFileSync(join(results, file), JSON.stringify(content));
  return new Promise((resolve) =>
    execFile(process.execPath, [".ci/count.mjs", results], (error, text) =>
      resolve({ text, code: error ? Number(error.code) : 0 }),
    ),
  );
}

const results = (passed: number, failed = 0): object => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numFailedTestSuites: failed,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [
    {
      name: "a.test.ts",
      status: "passed",
      assertionResults: Array.from({ length: failed }, () => ({
        status: "failed",
        fullName: "adds",
        failureMessages: ["1 is not 2"],
      })),
    },
  ],
});

test("what passes is counted", async () => {
  expect(await count("passed", { "unit.json": results(3), "slow.json": results(4) })).toEqual({
    text: "7 passed, 0 failed\n",
    code: 0,
  });
});

test("a stage whose tests failed is counted by them, one that failed otherwise by itself: none fails unseen", async () => {
  const { text, code } = await count("failed", {
    "unit.json": results(3, 2),
    "unit-failed": "",
    "slow.json": results(4),
    "slow-failed": "",
    "site-failed": "",
  });
  expect(text).toContain("failed: a.test.ts > adds\n  1 is not 2");
  expect(text).toContain("failed: slow\n");
  expect(text).toContain("failed: site\n");
  expect(text).not.toContain("failed: unit");
  expect(text).toMatch(/\n7 passed, 4 failed\n$/);
  expect(code).toBe(1);
});
