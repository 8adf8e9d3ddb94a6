import { expect, test } from "vitest";
import { runCli } from "./run-cli.js";

const COMMANDS = [
  "caption",
  "attend",
  "score",
  "ablate",
  "label-curve",
  "inspect",
  "export",
  "tokenizer",
  "doctor",
  "pretrain",
  "finetune",
  "run",
  "merge",
  "submit",
  "status",
  "cancel",
  "submission",
  "verify",
  "compare",
  "report",
  "serve",
  "diff",
  "metrics",
  "toybox",
  "bench",
  "demo",
  "notebook",
  "kernel",
  "lab",
];

test("simvlm --help names every command", async () => {
  const { code, stdout } = await runCli("--help");
  expect(code).toBe(0);
  for (const name of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name} `, "m"));
});

test("help of help, of a command, and of none that there is", async () => {
  const all = await runCli("--help");
  for (const words of [["help"], ["help", "help"], ["help", "--help"]]) expect(await runCli(...words)).toEqual(all);
  expect(await runCli("help", "score")).toEqual(await runCli("score", "--help"));
  expect(await runCli("score", "-h")).toEqual(await runCli("score", "--help"));
  expect(await runCli("help", "scroe")).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringMatching(/unknown command 'scroe'[\s\S]*score/),
  });
});

const BELOW = [
  ["tokenizer", "train"],
  ["tokenizer", "encode"],
  ["toybox", "generate"],
  ["bench", "engine"],
  ["notebook", "run"],
  ["metrics", "install"],
  ["metrics", "list"],
  ["submit", "slurm"],
  ["submit", "kubernetes"],
  ["submit", "resume"],
  ["kernel", "install"],
  ["kernel", "uninstall"],
];

test.each([...COMMANDS.map((name) => [name]), ...BELOW])("%s --help has an example", async (...words) => {
  const { code, stdout, stderr } = await runCli(...words, "--help");
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain(`Usage: simvlm ${words.join(" ")}`);
  expect(stdout).toMatch(new RegExp(`Examples?:\\n  \\$ simvlm ${words.join(" ")}`));
});

/** An example, a continued one, or columns that stand below one another. */
const KEPT_WHOLE = /^ +(?:\$|--)|\S {2,}\S/;

test.each([[], ...COMMANDS.map((name) => [name]), ...BELOW])("%s --help fits 80 letters", async (...words) => {
  const { stdout } = await runCli(...words, "--help");
  expect(stdout.split("\n").filter((line) => line.length > 80 && !KEPT_WHOLE.test(line))).toEqual([]);
  expect(stdout).not.toMatch(/default: (?:false|\[)/);
});

/** What follows `lab` is for Jupyter to judge. */
const JUDGING = COMMANDS.filter((name) => name !== "lab");

test.each([...JUDGING.map((name) => [name]), ...BELOW])("%s refuses nonsense in a line", async (...words) => {
  const { code, stdout, stderr } = await runCli(...words, "--nonsense");
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^error: (unknown|required) option .*\n\(--help shows how to use it\)\n$/);
});
