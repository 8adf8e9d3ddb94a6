import { spawnSync } from "node:child_process";
import { openSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { userDataFolder } from "../../../harness/notebook/kernel/kernelspec.js";
import { formatJson } from "../../../harness/terminal/json.js";
import { BINARY, project, runBinary, runCli } from "./run-cli.js";

/** What a terminal obeys, hides or turns round; the line feed is a text's own. */
const HARMFUL = /(?!\n)[\p{Cc}\p{Cf}]/u;
const EVIL = "a\u001b[2J\u202eb\u0085c\u{e0041}\u007f\u2066";

describe("words of the command line are said harmlessly", () => {
  test.each([
    [[`no-${EVIL}`]],
    [["help", EVIL]],
    [["inspect", "toy", `--${EVIL}`]],
    [["inspect", "toy", EVIL]],
    [["inspect", EVIL]],
    [["score", "--task", EVIL, "--references", "x", "--predictions", "y"]],
    [["run", "--search", EVIL]],
    [["caption", EVIL, "--seed", EVIL]],
    [["caption", EVIL]],
    [["toybox", EVIL]],
    [["kernel", "uninstall", "--prefix", EVIL]],
    [["verify", EVIL]],
  ])("%#", async (args) => {
    const { code, stdout, stderr } = await runCli(...args);
    expect(code).toBe(2);
    expect(stdout + stderr).not.toMatch(HARMFUL);
  });
});

test("JSON on standard output shows nothing that a terminal obeys, and is the same value", async () => {
  const json = formatJson({ [EVIL]: [EVIL, "\u2028"] }, 2);
  expect(json).not.toMatch(HARMFUL);
  expect(JSON.parse(json)).toEqual({ [EVIL]: [EVIL, "\u2028"] });
  const { stdout } = await runCli("tokenizer", "encode", EVIL, "--json");
  expect(stdout).not.toMatch(HARMFUL);
});

describe("numbers that nothing can be done with are refused", () => {
  test.each([
    ["notebook run x.ipynb --timeout 3000000"],
    ["notebook run x.ipynb --timeout 1e308"],
    ["run --task vqa --data x --out y --endpoint http://localhost:1 --model m --timeout 2147484"],
    ["run --task vqa --data x --out y --retries 1000000"],
    ["run --task vqa --data x --out y --concurrency 4294967296"],
    ["run --task vqa --data x --out y --batch-size 1e9"],
    ["caption x.jpg --beam 100000000"],
    ["caption x.jpg --max-length 4294967296"],
    ["compare a b --resamples 1e12"],
    ["compare a b --wins 9007199254740991"],
    ["finetune --task vqa --data x --checkpoint y --out z --steps 1e12"],
    ["pretrain --pairs-from x --out y --steps 1 --threads 100000"],
    ["pretrain --pairs-from x --out y --steps 1 --image-size 1000000"],
    ["toybox generate --out x --seed 1 --concurrency 1e9"],
  ])("%s", async (line) => {
    const { code, stderr } = await runCli(...line.split(" "));
    expect([code, stderr]).toEqual([2, expect.stringMatching(/error: option '--[a-z-]+ <.*at most/)]);
  });
});

describe("HOME that names no folder", () => {
  test.each(["", "home", undefined])("%j: the system's is taken", (HOME) => {
    const folder = userDataFolder("linux", { HOME });
    expect(folder.startsWith("/")).toBe(true);
    expect(folder).not.toContain(process.cwd());
  });
  test("XDG_DATA_HOME counts only as a whole path", () => {
    expect(userDataFolder("linux", { HOME: "/home/a", XDG_DATA_HOME: "data" })).toBe("/home/a/.local/share/jupyter");
    expect(userDataFolder("linux", { HOME: "", XDG_DATA_HOME: "/data" })).toBe("/data/jupyter");
  });
});

describe("standard output", () => {
  test("that is full is an error with a code", () => {
    for (const args of [["inspect", "toy", "--json"], ["--help"], ["inspect", "toy"]]) {
      const { status, stderr } = spawnSync(process.execPath, [BINARY, ...args], {
        cwd: project,
        stdio: ["ignore", openSync("/dev/full", "w"), "pipe"],
        encoding: "utf8",
      });
      expect([status, stderr]).toEqual([
        2,
        expect.stringMatching(/^simvlm: Standard output cannot be written: ENOSPC/),
      ]);
    }
  });

  test("that has room for a part only is an error, not half an output", () => {
    const command = `ulimit -f 1; exec "${process.execPath}" ${BINARY} score --help > "$TMPDIR/half"`;
    const { status, stderr } = spawnSync("bash", ["-c", command], { cwd: project, encoding: "utf8" });
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^simvlm: Standard output cannot be written: EFBIG/)]);
  });

  test("that is closed leaves the command its own exit code", () => {
    const script = `(${process.execPath} ${BINARY} verify fixtures/kept/none; echo $? >&2) | true`;
    expect(spawnSync("bash", ["-c", script], { cwd: project, encoding: "utf8" }).stderr).toMatch(/\n2\n$/);
  });

  test("and error that cannot be written to end no command", () => {
    const script = `${process.execPath} ${BINARY} inspect toy 2>/dev/full`;
    expect(spawnSync("bash", ["-c", script], { cwd: project }).status).toBe(0);
    expect(runBinary(["inspect", "toy"]).code).toBe(0);
  });
});
