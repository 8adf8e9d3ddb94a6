import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { HINTS, optionsIn, withHint } from "../../../harness/cli/hints.js";
import { runCli } from "./run-cli.js";

/** Every text in the sources that is no comment, by file. */
const texts = readdirSync("harness", { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !/^(?:dist|node_modules)\//.test(path))
  .map((path) => {
    const code = readFileSync(`harness/${path}`, "utf8").replace(/^\s*(?:\/\*[\s\S]*?\*\/|\/\/.*)$/gm, "");
    return { path, code };
  });

/** The options of every command, by its words. */
const helps = new Map<string, string>();

beforeAll(async () => {
  const listed = [...(await runCli("--help")).stdout.matchAll(/^ {2}([a-z-]+)(?: .*)? {2,}\S/gm)].map(
    ([, name]) => name!,
  );
  for (const name of listed.filter((each) => each !== "help")) {
    const { stdout } = await runCli(name, "--help");
    helps.set(name, stdout);
    const [, below = ""] = stdout.split("\nCommands:\n");
    for (const [, child] of below.matchAll(/^ {2}([a-z-]+)(?: \[options\]| <)/gm)) {
      if (child !== "help") helps.set(`${name} ${child}`, (await runCli(name, child!, "--help")).stdout);
    }
  }
});

test("every command that a message names is there, with the options that it is given", () => {
  const wrong: string[] = [];
  for (const { path, code } of texts) {
    for (const [, line] of code.matchAll(/(?:`|\$ )simvlm ([a-z][^`\n]*)/g)) {
      const words = line!.split("\\n")[0]!.replaceAll("\\", "").split(" ");
      if (words[0] === "cannot" || words[0]!.endsWith(":")) continue; // a message that begins so
      const help = helps.get(`${words[0]} ${words[1]}`) ?? helps.get(words[0]!);
      if (help === undefined) wrong.push(`${path}: simvlm ${line}`);
      else if (words[0] !== "lab") {
        wrong.push(
          ...optionsIn(words.join(" "))
            .filter((option) => !help.includes(option))
            .map((option) => `${path}: ${line}: ${option}`),
        );
      }
    }
  }
  expect(helps.size).toBeGreaterThan(20);
  expect(wrong).toEqual([]);
});

test("every option that a command's messages name is one of that command", () => {
  const wrong: string[] = [];
  for (const { path, code } of texts) {
    const name = /^cli\/([a-z-]+)\.ts$/.exec(path)?.[1];
    if (name === undefined || !helps.has(name) || name === "lab" || name === "doctor") continue; // they name those of others
    const known = [...helps].filter(([words]) => words.split(" ")[0] === name).map(([, help]) => help);
    wrong.push(
      ...optionsIn(code)
        .filter((option) => !known.some((help) => help.includes(option)))
        .map((option) => `${name}: ${option}`),
    );
  }
  expect(wrong).toEqual([]);
});

test("every option that a hint names is one of some command", () => {
  const hints = Object.values(HINTS).flat();
  expect(hints.length).toBeGreaterThan(10);
  const all = [...helps.values()].map(optionsIn);
  const wrong = hints.filter((hint) => !all.some((known) => optionsIn(hint).every((one) => known.includes(one))));
  expect(wrong).toEqual([]);
});

test("a hint is given where the command has what it names", () => {
  expect(withHint("no-examples", "None.", ["--data", "--split", "--limit"])).toBe(
    "None. (--data, --split and --limit say which)",
  );
  expect(withHint("no-examples", "None.", ["--pairs-from", "--documents-from", "--out"])).toBe(
    "None. (--pairs-from and --documents-from name the folders)",
  );
  expect(withHint("no-examples", "None.", ["--out"])).toBe("None.");
});

test("what a message calls as programs do is called as the command does, too", () => {
  const message = "A text of 90 tokens. Shorten it, or lower maxLength.";
  expect(withHint("text-too-long", message, ["--max-length"])).toBe(`${message} (maxLength is --max-length)`);
  expect(withHint("text-too-long", message, ["--steps"])).toBe(message);
  expect(withHint("x", "lower maxLength, --max-length", ["--max-length"])).toBe("lower maxLength, --max-length");
});

describe("packages that messages name", () => {
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(readFileSync("harness/package.json", "utf8")) as {
    dependencies?: Record<string, string>;
    optionalDependencies?: Record<string, string>;
  };
  const ours = ["simvlm", ...Object.keys(dependencies), ...Object.keys(optionalDependencies)];

  test("to reinstall are ours", () => {
    const named = texts.flatMap(({ code }) =>
      [...code.matchAll(/(?:reinstall|npm rebuild) (@?[\w/-]+)/g)].map(([, name]) => name!),
    );
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((name) => !ours.includes(name))).toEqual([]);
  });
});

test("no message names an option of the library where a command is used", () => {
  const naming = texts.filter(({ code }) => /["`][^"`\n]*\braise maxPixels/.test(code)).map(({ path }) => path);
  expect(naming).toEqual([]);
});
