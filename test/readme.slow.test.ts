import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const project = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(join(project, "README.md"), "utf8");

/** The lines of the README's shell blocks, continued lines joined. */
const commands = [...readme.matchAll(/^```sh\n(.*?)^```$/gms)]
  .flatMap(([, block]) => block!.replace(/\\\n\s*/g, "").split("\n"))
  .filter((line) => line !== "" && !line.startsWith("#"));

/** The two commands of a fresh machine install; .ci/run runs `npm cit` itself, the rest of the first is tested here. */
const INSTALLS = /^npm (?:ci && |cit$)/;
/** Benchmarks need the real data beside the project; their arguments are tested in test/bench.test.ts. */
const BENCHMARK = /^npm run bench /;

/** What a command that goes well may say on stderr: npm's own lines, that a model is random, how far training is. */
const EXPECTED =
  /^(?:npm (?:warn|notice).*|simvlm: toy, random weights, seed \d+: the words are noise.*|simvlm: note: .*|simvlm: (?:seed \d+|zero-shot|(?:fine-tuned|scratch)(?:-\d+)?): .*|(?:drawing|captioning|resampling|reporting) .*|read \d+ lines|round \d+: .*|training a tokenizer .*|step \d+.*)\n/gm;

/** A folder that looks like the project, where commands may leave files. */
function openScratch(): string {
  const scratch = mkdtempSync(join(tmpdir(), "simvlm-readme-"));
  for (const name of ["package.json", "fixtures", "harness", "node_modules"]) {
    symlinkSync(join(project, name), join(scratch, name));
  }
  return scratch;
}

describe("every command of the README runs", () => {
  const runnable = commands
    .map((line) => line.replace(INSTALLS, ""))
    .filter((line) => line !== "" && !BENCHMARK.test(line));

  test("there are some", () => {
    expect(commands).toContain("npm ci && npm run demo");
    expect(commands).toContain("npm cit");
    expect(runnable.length).toBeGreaterThan(5);
  });

  test.each(runnable)("%s", (line) => {
    const path = `${join(project, "node_modules/.bin")}${delimiter}${process.env.PATH}`;
    const { status, stderr, stdout } = spawnSync(line.replace(/^npx /, ""), {
      cwd: openScratch(),
      env: { ...process.env, PATH: path },
      shell: true,
      encoding: "utf8",
    });
    expect({ status, stderr: stderr.replace(EXPECTED, "") }).toEqual({ status: 0, stderr: "" });
    expect(stdout).not.toBe("");
  });
});
