import { spawn } from "node:child_process";
import { expect, test } from "vitest";
import { BINARY, project, runBinary, runCli } from "./run-cli.js";

// What only a process of its own can show: its exit codes, its streams, and that the program is what the tests run.

const scores = [
  "score",
  ...["--task", "caption", "--references", "fixtures/nocaps/annotations.json"],
  ...["--predictions", "fixtures/nocaps/predictions-zero-shot.json", "--by-domain"],
];

test.each([
  [["--version"], 0],
  [scores, 0],
  [["inspect", "toy", "--json"], 0],
  [["verify", "nowhere"], 2],
  [["score", "--task", "chess"], 2],
  [["no-such-command"], 2],
  [[], 2],
])("a process says %j as it is said in this one", async (args, code) => {
  const result = runBinary(args);
  expect(result.code).toBe(code);
  expect(result).toEqual(await runCli(...args));
});

test("a bug is told as one, with its stack and exit code 1", () => {
  const broken = "JSON.stringify = () => { throw new TypeError('broken'); };";
  const { code, stdout, stderr } = runBinary(["inspect", "toy", "--json"], {
    ...process.env,
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(broken)}`,
  });
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/^simvlm: this is a bug, please report it\nTypeError: broken\n {4}at /);
});

test("a reader that has seen enough ends it quietly", async () => {
  const child = spawn(process.execPath, [BINARY, ...scores], { cwd: project });
  child.stdout.destroy();
  let stderr = "";
  child.stderr.on("data", (chunk) => (stderr += chunk));
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect([code, stderr]).toEqual([0, ""]);
});
