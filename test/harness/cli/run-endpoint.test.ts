import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { verifyRun } from "../../../harness/runs/verify-run.js";
import { numberOf, tinyJpeg } from "../../tiny-jpeg.js";
import { CAPTIONS, writeCaptions } from "../runs/world.js";
import { type Answer, say, serve } from "../sources/server.js";
import { BINARY, project, Scratch } from "./run-cli.js";

const KEY = "sk-very-secret-8";
const IDS = CAPTIONS.map((_, i) => String(101 + i));

/** Seven examples, and an endpoint that lets one command be stopped while it answers the fourth. */
async function world() {
  const scratch = new Scratch();
  const data = writeCaptions(scratch);
  for (const [i, id] of IDS.entries()) scratch.write(join("data", `${id}.jpg`), tinyJpeg(i));
  let onFourth = (): void => {};
  const answer: Answer = (response, asked) => {
    const { image_url: picture } = asked.body.messages[0]!.content[0] as { image_url: { url: string } };
    const i = numberOf(Buffer.from(picture.url.split(",")[1]!, "base64"));
    if (server.asked.length === 4) onFourth();
    setTimeout(() => say(CAPTIONS[i])(response, asked), 100);
  };
  const server = await serve(answer);
  const args = ["--task", "caption", "--data", data, "--out", scratch.at("run"), "--endpoint", server.url];

  /** Runs the command, sending it a signal while the fourth request waits. */
  const run = (signal?: NodeJS.Signals) =>
    new Promise<{ code: number | null; signal: string | null; output: string }>((resolve) => {
      const child = spawn(process.execPath, [BINARY, "run", ...args, "--model", "llava", "--concurrency", "1"], {
        cwd: project,
        env: { ...process.env, SIMVLM_API_KEY: KEY },
      });
      let output = "";
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
      // A scheduler sends it to a script, which passes it on, and to its programs both.
      onFourth = () => signal && [child.kill(signal), signal !== "SIGINT" && child.kill(signal)];
      child.on("close", (code, killed) => resolve({ code, signal: killed, output }));
    });
  return { scratch, server, run };
}

type World = Awaited<ReturnType<typeof world>>;

async function expectWhole({ scratch }: World): Promise<void> {
  const lines = readFileSync(scratch.at("run/predictions.jsonl"), "utf8").trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toMatchObject(IDS.map((id, i) => ({ id, prediction: CAPTIONS[i] })));
  expect((await verifyRun(scratch.at("run"))).differences).toEqual([]);
  const written = readdirSync(scratch.at("run")).map((name) => readFileSync(scratch.at(`run/${name}`), "utf8"));
  expect(written.join("")).not.toContain(KEY);
}

test("Ctrl-C stops after what is being predicted, and the same command goes on", async () => {
  const all = await world();
  const { server, run } = all;
  const stopped = await run("SIGINT");
  expect(stopped.code).toBe(130);
  expect(stopped.output).toMatch(/stopped\. The same command continues/);
  expect(server.asked).toHaveLength(4);
  const { code, output } = await run();
  expect(code).toBe(0);
  expect(output).toContain("CIDEr");
  expect(output).not.toContain(KEY);
  expect(server.asked).toHaveLength(7);
  await expectWhole(all);
  server.close();
});

test.each(["SIGTERM", "SIGUSR2"] as const)(
  "%s stops it, too, with an exit code by which a scheduler starts it again",
  async (signal) => {
    const all = await world();
    const { server, run } = all;
    const stopped = await run(signal);
    expect(stopped).toMatchObject({ code: 75, signal: null });
    expect(stopped.output).toMatch(/finishing what is being predicted[\s\S]*stopped\. The same command continues/);
    expect(server.asked).toHaveLength(4);
    expect((await run()).code).toBe(0);
    expect(server.asked).toHaveLength(7);
    await expectWhole(all);
    server.close();
  },
);

test("killed in the middle, it goes on without losing or repeating one", async () => {
  const all = await world();
  const { server, run } = all;
  expect(await run("SIGKILL")).toMatchObject({ code: null, signal: "SIGKILL" });
  expect((await run()).code).toBe(0);
  expect(server.asked).toHaveLength(8);
  await expectWhole(all);
  server.close();
});
