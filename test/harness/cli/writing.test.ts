import { readFileSync, readlinkSync, symlinkSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { runCli, Scratch } from "./run-cli.js";
import { prepareCommands, type WritingCommand } from "./writing-commands.js";

const scratch = new Scratch();
let commands: WritingCommand[];
beforeAll(async () => {
  commands = await prepareCommands(scratch);
}, 120_000);

const EXTENSIONS: Readonly<Record<string, string>> = { report: ".html", attend: ".png" };

describe("every command that writes", () => {
  test("says that it cannot write below a file or in a system's folder, and writes nothing", {
    timeout: 240_000,
  }, async () => {
    const file = scratch.write("file", "old");
    const before = scratch.list();
    const said: string[] = [];
    for (const [name, words] of commands) {
      for (const place of [`${file}/below`, "/proc/none/below", "/sys/below"]) {
        const { code, stderr } = await runCli(...words(place + (EXTENSIONS[name] ?? "")));
        said.push(`${name} ${code} ${/^simvlm: .*cannot be (written|made)/m.test(stderr) ? "" : stderr}`.trim());
      }
    }
    expect(said).toEqual(commands.flatMap(([name]) => [`${name} 2`, `${name} 2`, `${name} 2`]));
    expect(scratch.list()).toEqual(before);
    expect(readFileSync(file, "utf8")).toBe("old");
  });

  test("knows a full device from a full disk: the device stays", { timeout: 240_000 }, async () => {
    const said: string[] = [];
    for (const [name, words, output] of commands) {
      if (output === "folder") continue;
      const full = scratch.at(`full-${name.replaceAll(" ", "")}${EXTENSIONS[name] ?? ""}`);
      symlinkSync("/dev/full", full);
      const { code, stdout, stderr } = await runCli(...words(full));
      said.push(`${name} ${code} ${stdout === "" && /cannot be written: ENOSPC/.test(stderr) ? "" : stderr}`.trim());
      expect(readlinkSync(full)).toBe("/dev/full");
    }
    expect(said).toEqual(commands.flatMap(([name, , output]) => (output === "file" ? [`${name} 2`] : [])));
  });

  test("writes to standard output what a file would have, and says the rest on standard error", {
    timeout: 240_000,
  }, async () => {
    for (const [name, words, output] of commands) {
      if (output === "folder") continue;
      const path = scratch.at(`written-${name.replaceAll(" ", "")}${EXTENSIONS[name] ?? ""}`);
      const asFile = await runCli(...words(path));
      for (const dash of ["-", "/dev/stdout"]) {
        const onOutput = await runCli(...words(dash));
        expect(onOutput.code, `${name}: ${onOutput.stderr}`).toBe(0);
        if (name !== "attend") expect(onOutput.stdout, name).toBe(readFileSync(path, "utf8"));
        else expect(onOutput.stdout.slice(1, 4)).toBe("PNG");
        // Where the file lies is of no interest when there is none.
        const people = asFile.stdout.replace(`${path}\n`, "").replaceAll(path, dash);
        expect(onOutput.stderr, name).toContain(people);
      }
    }
  });
});
