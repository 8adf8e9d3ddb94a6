import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { COMMAND_GROUPS } from "../../../harness/cli/commands.js";

const { optionalDependencies } = createRequire(import.meta.url)("simvlm/package.json") as {
  readonly optionalDependencies: Readonly<Record<string, string>>;
};
const dist = fileURLToPath(new URL("../../../harness/dist", import.meta.url));
const WORDS = COMMAND_GROUPS.flatMap(({ commands }) => commands.map(({ name }) => [name, "--help"]));
const SUBCOMMANDS = ["toybox generate", "notebook run", "kernel install", "tokenizer train", "bench engine"].map(
  (words) => `${words} --help`.split(" "),
);

/** As an installation has it that was made with `--omit=optional`: nothing of the large packages can be imported. */
const HIDE = `
const hidden = ${JSON.stringify(Object.keys(optionalDependencies))};
export async function resolve(path, context, next) {
  if (!hidden.some((name) => path === name || path.startsWith(name + "/"))) return next(path, context);
  throw Object.assign(new Error("Cannot find package '" + path + "'"), { code: "ERR_MODULE_NOT_FOUND" });
}`;

/** Runs each command line, one after the other in one process. @returns what failed */
function failuresOf(lines: readonly (readonly string[])[]): string {
  const program = `
    import { register } from "node:module";
    register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(HIDE)}`)});
    const { runCommandLine } = await import(${JSON.stringify(`${dist}/cli/main.js`)});
    const failures = [];
    for (const words of ${JSON.stringify(lines)}) {
      process.exitCode = 0;
      await runCommandLine(words);
      if (process.exitCode !== 0) failures.push(words.join(" "));
    }
    process.exitCode = 0;
    await import("node:fs").then((fs) => fs.writeSync(1, "FAILED:" + failures.join(", ")));`;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", program], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return output.slice(output.lastIndexOf("FAILED:"));
}

describe("without the large packages", () => {
  test("every command and subcommand shows its help", () => {
    expect(failuresOf([...WORDS, ...SUBCOMMANDS, ...WORDS.map(([name]) => ["help", name!])])).toBe("FAILED:");
  });

  test("what needs them still fails", () => {
    expect(failuresOf([["bench", "engine", "--rounds", "1"]])).toBe("FAILED:bench engine --rounds 1");
  });
});
