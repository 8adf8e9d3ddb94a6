import { exec } from "node:child_process";
import { writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { blocksOf, openScratch, project } from "./documents.js";
import { say, serve } from "./harness/sources/server.js";

/** The lines of the shell blocks, continued lines joined, each once. */
const commands = [...new Set(blocksOf("sh").flatMap((block) => block.replace(/\\\n\s*/g, "").split("\n")))].filter(
  (line) => line !== "" && !line.startsWith("#"),
);

/** The two commands of a fresh machine install; .ci/run runs `npm cit` itself, the rest of the first is tested here. */
const INSTALLS = /^npm (?:ci && |cit$)/;

/** Where the documents' endpoint is; here a server of the test takes its place. */
const ENDPOINT = "http://localhost:8000/v1";

/** What a command that goes well may say on stderr: npm's lines, what was read, that a model is random, how far it is. */
const EXPECTED =
  /^(?:npm (?:warn|notice).*|simvlm: toy, random weights, seed \d+: the words are noise.*|simvlm: note: .*|simvlm: plug-in .*|simvlm: \S+(?:, \S+)*(?: and \d+ more)?: read as .*|(?:pairs|documents): .*\(.*|simvlm: (?:seed \d+|zero-shot|supervised|(?:fine-tuned|scratch)(?:-\d+)?): .*|(?:drawing|captioning|looking at pictures and captions|measuring|predicting|resampling|reporting) .*|read \d+ lines|round \d+: .*|training a tokenizer .*|step \d+.*)\n/gm;

/** No command hangs for so long, in milliseconds. */
const PATIENCE = 600_000;

const run = promisify(exec);

describe("every command of the documents runs", () => {
  const runnable = commands.map((line) => line.replace(INSTALLS, "")).filter((line) => line !== "");
  let server: Awaited<ReturnType<typeof serve>>;

  beforeAll(async () => {
    server = await serve(say("a dog in the snow"));
  });
  afterAll(() => server.close());

  test("there are some", () => {
    expect(commands).toContain("npm ci && npm run demo");
    expect(commands).toContain("npm cit");
    expect(runnable.length).toBeGreaterThan(5);
    expect(runnable.some((line) => line.includes(ENDPOINT))).toBe(true);
  });

  test.each(runnable)(
    "%s",
    async (line) => {
      const path = `${join(project, "node_modules/.bin")}${delimiter}${process.env.PATH}`;
      const command = line.replace(/^npx /, "").replaceAll(ENDPOINT, server.url);
      // a command that fails rejects, with its output in the message
      const env = { ...process.env, PATH: path, XDG_CACHE_HOME: join(openScratch(), ".cache") };
      const { stderr, stdout } = await run(command, { cwd: openScratch(), env });
      expect(stderr.replace(EXPECTED, "")).toBe("");
      expect(stdout).not.toBe("");
    },
    PATIENCE,
  );
});

test(
  "the documents' examples in TypeScript compile",
  async () => {
    const scratch = openScratch();
    const examples = blocksOf("ts").filter((block) => block.startsWith("import "));
    const files = examples.map((block, i) => {
      writeFileSync(join(scratch, `example-${i}.ts`), block);
      return `example-${i}.ts`;
    });
    expect(files.length).toBeGreaterThan(3);
    const options = "--noEmit --strict --skipLibCheck --target es2022 --module nodenext --types node";
    const compiler = join(project, "node_modules/typescript/bin/tsc");
    const compilation = run(`node ${compiler} ${options} ${files.join(" ")}`, { cwd: scratch });
    // the compiler tells its errors on stdout
    const { stdout } = await compilation.catch((error: { stdout: string }) => error);
    expect(stdout).toBe("");
  },
  PATIENCE,
);
