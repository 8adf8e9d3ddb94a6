import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { RunComparison } from "../../../harness/compare/comparison.js";
import type { Manifest } from "../../../harness/runs/manifest.js";
import { verifyRun } from "../../../harness/runs/verify-run.js";
import type { Outcome } from "../../../harness/tasks/prediction.js";
import type { UsageSum } from "../../../harness/tasks/usage.js";
import { tinyJpeg } from "../../tiny-jpeg.js";
import { CAPTIONS, writeCaptions } from "../runs/world.js";
import { type Answer, choose, sendRaw, serve, status } from "../sources/server.js";
import { runCli, Scratch } from "./run-cli.js";

const servers: { close(): void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const usage = { prompt_tokens: 1000, completion_tokens: 10, completion_tokens_details: { reasoning_tokens: 4 } };
const good = sendRaw(
  JSON.stringify({ choices: [{ message: { content: "a red ball" }, finish_reason: "stop" }], usage }),
);

/** As a server of reasoning models: a limit by another name, no temperature but its own. */
const strict: Answer = (response, asked) => {
  const refuse = (param: string, message: string) =>
    status(400, {}, JSON.stringify({ error: { param, message } }))(response, asked);
  if (Object.hasOwn(asked.body, "max_tokens")) {
    refuse("max_tokens", "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.");
  } else if (asked.body.temperature === 0) {
    refuse("temperature", "Unsupported value: 'temperature' does not support 0.");
  } else good(response, asked);
};

async function world(...answers: Answer[]) {
  const scratch = new Scratch();
  const data = writeCaptions(scratch);
  for (const i of CAPTIONS.keys()) writeFileSync(join(data, `${101 + i}.jpg`), tinyJpeg(i));
  const server = await serve(...answers);
  servers.push(server);
  const endpoint = ["--endpoint", server.url, "--model", "m", "--concurrency", "1", "--retries", "0"];
  const run = (out: string, ...more: string[]) =>
    runCli("run", "--task", "caption", "--data", data, "--out", scratch.at(out), ...endpoint, ...more);
  const manifest = (out: string) => scratch.readJson<Manifest>(`${out}/manifest.json`);
  const lines = (out: string) =>
    readFileSync(scratch.at(`${out}/predictions.jsonl`), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Outcome);
  return { scratch, data, server, run, manifest, lines };
}

test("a refused parameter is named with the option that mends it, which works in the same folder", async () => {
  const { server, run, manifest } = await world(strict);
  const first = await run("run");
  expect(first.code).toBe(2);
  expect(server.asked).toHaveLength(1);
  const [mend] = /--request max_tokens= --request max_completion_tokens=128/.exec(first.stderr)!;
  expect(first.stderr).toContain("--adapt does so by itself");
  const second = await run("run", ...mend.split(" "));
  expect(second.stderr).toContain("(--request temperature=; --adapt does so by itself)");
  const third = await run("run", ...mend.split(" "), "--request", "temperature=1");
  expect(third.code).toBe(0);
  expect(manifest("run").source).toMatchObject({ request: { temperature: 1, max_completion_tokens: 128, seed: 1 } });
  expect(manifest("run").source).not.toHaveProperty("adapted");
});

test("--adapt finds out before the run begins, pays nothing twice, and is written down; others are another run", async () => {
  const { scratch, server, run, manifest } = await world(strict);
  expect((await run("run", "--adapt")).code).toBe(0);
  expect(server.asked).toHaveLength(2 + CAPTIONS.length);
  expect(manifest("run").source).toMatchObject({
    request: { max_completion_tokens: 128 },
    adapted: [{ parameter: "max_tokens", to: "max_completion_tokens" }, { parameter: "temperature" }],
  });
  expect((await run("run", "--adapt")).stderr).toContain("already finished");
  expect(server.asked).toHaveLength(2 + CAPTIONS.length);
  const other = await run("run", "--request", "max_tokens=", "--request", "max_completion_tokens=64");
  expect(other.code).toBe(2);
  expect(other.stderr).toMatch(/begun with other settings .*source\.request\.max_completion_tokens: 128, now 64/);
  expect((await verifyRun(scratch.at("run"))).differences).toEqual([]);
});

test("parameters come from a file, too, and those of the command line before them", async () => {
  const { scratch, server, run } = await world(good);
  const file = scratch.write("request.json", { temperature: null, top_k: 5, stop: ["."] });
  const system = scratch.write("system.txt", "Be brief.\n");
  const more = ["--request-file", file, "--request", "top_k=7", "--request", "note=not json", "--system", system];
  expect((await run("run", ...more)).code).toBe(0);
  const { body } = server.asked[0]!;
  expect(body).toMatchObject({ top_k: 7, stop: ["."], note: "not json", max_tokens: 128 });
  expect(body).not.toHaveProperty("temperature");
  expect(body.messages[0]).toEqual({ role: "system", content: "Be brief." });
});

test.each([
  [["--request", "temperature"], /must look like temperature=1/],
  [["--request", "model=x"], /parameter model of requests cannot be set/],
  [["--request", "a=1", "--request", "a=2"], /a is given twice/],
  [["--request", "temperature=1", "--temperature", "1"], /--temperature and the request's temperature say the same/],
  [["--request", "max_completion_tokens=1", "--max-length", "9"], /--max-length and the request's/],
  [["--header", "nothing"], /Header 1 cannot be sent/],
  [["--price", "input=1"], /must look like input=2\.5,output=10/],
  [["--price", "input=1,output=-2"], /must look like/],
  [["--price", "input=1,output=much"], /must look like input=2\.5,output=10/],
  [["--price", "input=1,output=1e300"], /must look like/],
  [["--request", "chat_template_kwargs={enable_thinking:false}"], /no JSON: shells take its double quotes away/],
  [["--system", "prompts/breif.txt"], /prompts\/breif\.txt: there is no such file/],
  [["--model", ""], /--endpoint needs --model/],
  [["--max-side", "0"], /whole number/],
  [["--cache", "package.json"], /package\.json cannot be written: a part of its path is a file, not a folder/],
  [["--request-file", "none.json"], /none\.json/],
  [["--ca", "package.json"], /package\.json is no file of certificates/],
])("%j is refused", async (more, message) => {
  const { server, run } = await world(good);
  const { code, stderr } = await run("run", ...more);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
  expect(server.asked).toHaveLength(0);
});

test("a limit of tokens that a server does not take is named with the one that it takes, or adapted to", async () => {
  const limited: Answer = (response, asked) =>
    (asked.body.max_tokens > 64
      ? status(400, {}, '{"error":{"message":"max_tokens is too large: 128. This model supports at most 64 tokens."}}')
      : good)(response, asked);
  const { server, run, manifest } = await world(limited);
  const first = await run("run");
  expect(first.code).toBe(2);
  expect(server.asked).toHaveLength(1);
  expect(first.stderr).toContain("It takes 64 for the parameter max_tokens, but not 128.");
  expect(first.stderr).toContain("(--request max_tokens=64; --adapt does so by itself)");
  expect((await run("run", "--request", "max_tokens=64")).code).toBe(0);
  expect((await run("adapted", "--adapt")).code).toBe(0);
  expect(manifest("adapted").source).toMatchObject({
    request: { max_tokens: 64 },
    adapted: [{ parameter: "max_tokens", value: 64 }],
  });
});

test("a limit of tokens that the context is too short for is not mended by smaller pictures alone", async () => {
  const body = "'max_tokens' is too large: 128. This model's maximum context length is 99 tokens.";
  const { run } = await world(status(400, {}, body));
  expect((await run("run")).stderr).toMatch(/Shorter answers are asked for with --max-length[\s\S]*--max-side/);
});

test.each([1e308, 1e15, Number.MAX_SAFE_INTEGER])(
  "counts of %d tokens are none, and the run stays readable",
  async (n) => {
    const counted = { prompt_tokens: n, completion_tokens: n, cost: n };
    const { scratch, run, lines } = await world(
      sendRaw(
        JSON.stringify({ choices: [{ message: { content: "a red ball" }, finish_reason: "stop" }], usage: counted }),
      ),
    );
    const { code, stdout } = await run("run", "--price", "input=2.5,output=10");
    expect(code).toBe(0);
    expect(stdout).not.toContain("Infinity");
    expect(lines("run")[0]!.usage).toEqual({ seconds: expect.any(Number) });
    expect((await verifyRun(scratch.at("run"))).differences).toEqual([]);
  },
);

test("tokens, times and costs are kept of each answer, summed in scores and told by compare", async () => {
  const { scratch, run, lines } = await world(good);
  const first = await run("run", "--price", "input=2.5,output=10");
  expect(first.stdout).toMatch(/Usage: 7 replies, 7,000 tokens in, 70 tokens out, 28 of thoughts, .*, cost 0\.0182\./);
  expect(lines("run")[0]!.usage).toEqual({
    input: 1000,
    output: 10,
    reasoning: 4,
    seconds: expect.any(Number),
    cost: 0.0026,
  });
  const { usage: sum } = scratch.readJson<{ usage: UsageSum }>("run/scores.json");
  expect(sum).toMatchObject({ replies: 7, input: 7000, output: 70, cost: 0.0182 });
  expect((await verifyRun(scratch.at("run"))).differences).toEqual([]);
  await run("other");
  const { stdout } = await runCli("compare", scratch.at("run"), scratch.at("other"), "--resamples", "10");
  expect(stdout).toMatch(/tokens in/);
  expect(stdout).toMatch(/7,000.*0\.0182/);
  const page = scratch.at("report.html");
  expect((await runCli("report", scratch.at("run"), scratch.at("other"), "--out", page)).code).toBe(0);
  expect(readFileSync(page, "utf8")).toMatch(/tokens out[\s\S]*<td>0\.0182<\/td>/);
  expect((await runCli("verify", page)).code).toBe(0);
  const forged = readFileSync(scratch.at("run/scores.json"), "utf8").replace("0.0182", "0.0001");
  writeFileSync(scratch.at("run/scores.json"), forged);
  expect((await verifyRun(scratch.at("run"))).differences.join()).toMatch(/usage\.cost/);
});

test("a price can be given after the runs, one for all or one for each; reports are verified with it", async () => {
  const { scratch, run } = await world(good);
  await run("first", "--price", "input=1,output=1");
  await run("second");
  const [first, second] = [scratch.at("first"), scratch.at("second")];
  const price = ["--price", "input=2.5,output=10"];
  const compare = (...more: string[]) => runCli("compare", first, second, "--resamples", "10", ...more);
  const costs = async (...more: string[]) => {
    const { code } = await compare("--json", scratch.at("comparison.json"), ...more);
    expect(code).toBe(0);
    return scratch.readJson<RunComparison>("comparison.json").runs.map(({ usage }) => usage?.cost);
  };
  expect(await costs()).toEqual([0.00707, undefined]);
  expect(await costs(...price)).toEqual([0.0182, 0.0182]);
  expect(await costs(...price, "--price", "input=0,output=100")).toEqual([0.0182, 0.007]);
  expect((await compare(...price)).stdout).toMatch(
    /Cost of .*: at 2\.5 for a million tokens in, and 10 for as many out/,
  );
  expect((await compare(...price, ...price, ...price)).stderr).toContain("There are 3 prices and 2 runs");
  const page = scratch.at("priced.html");
  expect((await runCli("report", first, "--out", page, ...price)).code).toBe(0);
  expect(readFileSync(page, "utf8")).toMatch(/tokens out[\s\S]*<td>0\.0182<\/td>/);
  expect(await runCli("verify", page)).toMatchObject({ code: 0 });
});

test("answers are shared by runs that ask the same; failures and other questions are asked", async () => {
  const cut = choose({ message: { content: "a red" }, finish_reason: "length" });
  const { scratch, server, run, lines } = await world(cut, good);
  const cache = ["--cache", scratch.at("cache")];
  await run("first", ...cache);
  expect(server.asked).toHaveLength(7);
  const second = await run("second", ...cache);
  expect(server.asked).toHaveLength(8); // the one that was cut
  expect(second.stdout).toContain("7 replies, 6 from the cache, 1,000 tokens in");
  expect(lines("second")[1]).toMatchObject({ prediction: "a red ball", usage: { input: 1000, fromCache: true } });
  expect((await verifyRun(scratch.at("second"))).differences).toEqual([]);
  await run("third", ...cache, "--request", "top_k=3");
  expect(server.asked).toHaveLength(15);
  await run("fourth", ...cache, "--header", "X-Variant: b");
  expect(server.asked).toHaveLength(22);
  // Keys are no part of a question, and damaged answers none.
  const [shelf] = readdirSync(scratch.at("cache"));
  const [file] = readdirSync(scratch.at(`cache/${shelf}`));
  writeFileSync(scratch.at(`cache/${shelf}/${file}`), '{"format":1,');
  for (const out of ["fifth", "sixth", "seventh"]) {
    await run(out, ...cache, "--header", "api-key: sk-12345678");
    await run(`${out}-2`, ...cache, "--request", "top_k=3");
    await run(`${out}-3`, ...cache, "--header", "X-Variant: b");
  }
  expect(server.asked).toHaveLength(23);
  expect(readFileSync(scratch.at(`cache/${shelf}/${file}`), "utf8")).toContain('"reply"');
});

/** As Gemma's template has it. */
const withoutSystem: Answer = (response, asked) => {
  if (asked.body.messages[0]!.role === "system")
    status(400, {}, '{"message":"System role not supported"}')(response, asked);
  else good(response, asked);
};

test("a refused system message is named with the option that mends it", async () => {
  const { server, run, manifest } = await world(withoutSystem);
  const first = await run("run", "--system", "Be brief.");
  expect(first).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("(--join-system; --adapt does so by itself)"),
  });
  expect((await run("run", "--system", "Be brief.", "--join-system")).code).toBe(0);
  expect(server.asked.at(-1)).toMatchObject({ text: expect.stringMatching(/^Be brief\.\n\nDescribe/) });
  expect(server.asked.at(-1)!.body.messages).toHaveLength(1);
  expect(manifest("run").source).toMatchObject({ system: "Be brief.", systemJoined: true });
});

test("--adapt moves a refused system message into the user's, and writes that down", async () => {
  const { server, run, manifest } = await world(withoutSystem);
  expect((await run("run", "--system", "Be brief.", "--adapt")).code).toBe(0);
  expect(manifest("run").source).toMatchObject({ adapted: [{ system: "joined" }], systemJoined: true });
  expect(server.asked.filter(({ body }) => body.messages.length > 1)).toHaveLength(1);
  expect((await run("run", "--system", "Be brief.", "--adapt")).stderr).toContain("already finished");
});

test("pictures that are the same are asked once within a run that has a cache, and paid for once", async () => {
  const { scratch, data, server, run, lines } = await world(good);
  for (const i of CAPTIONS.keys()) writeFileSync(join(data, `${101 + i}.jpg`), tinyJpeg(0));
  const at = ["--concurrency", "4", "--cache", scratch.at("answers"), "--price", "input=2,output=100"];
  const { code, stdout } = await run("same", ...at);
  expect(code).toBe(0);
  expect(server.asked).toHaveLength(1);
  const all = CAPTIONS.length;
  expect(lines("same").filter((line) => line.usage?.fromCache)).toHaveLength(all - 1);
  const { usage } = scratch.readJson<{ usage: UsageSum }>("same/scores.json");
  expect(usage).toMatchObject({ replies: all, fromCache: all - 1, input: 1000, output: 10, cost: 0.003 });
  expect(stdout).toMatch(/cache/);
});
