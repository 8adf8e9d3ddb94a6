import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createRandom } from "../../harness/random.js";
import type { Manifest } from "../../harness/runs/manifest.js";
import { verifyRun } from "../../harness/runs/verify-run.js";
import { BINARY, project, Scratch } from "../harness/cli/run-cli.js";
import { tinyJpeg } from "../tiny-jpeg.js";
import { type FaultyServer, replyTo, serveFaults } from "./endpoint-world.js";

const SEED = Number(process.env.SIMVLM_SOAK_SEED ?? 1);
const EXAMPLES = 3000;
const WORKERS = 32;
const KILLS = 10;
const MOST_ROUNDS = 40;
/** Of a process that is sent floods of 256 MB; without any it takes some 150. */
const MOST_MEGABYTES = 500;
const WITHOUT_ANSWER = Array.from({ length: EXAMPLES }, (_, i) => replyTo(i)).filter(
  ({ isAnswer }) => !isAnswer,
).length;

function writeData(scratch: Scratch): string {
  mkdirSync(scratch.at("data"));
  const numbers = Array.from({ length: EXAMPLES }, (_, i) => i);
  for (const i of numbers) {
    scratch.write(join("data", `${i}.jpg`), tinyJpeg(i));
  }
  scratch.write("data/test.json", {
    images: numbers.map((id) => ({ id, file_name: `${id}.jpg` })),
    annotations: numbers.map((id) => ({ image_id: id, caption: `picture number ${id} of a road` })),
  });
  return scratch.at("data");
}

interface Ended {
  readonly code: number | null;
  readonly megabytes: number;
}

/** One command, which is killed as soon as so many whole answers have gone out. */
function run(server: FaultyServer, data: string, out: string, killAt = Number.POSITIVE_INFINITY): Promise<Ended> {
  const endpoint = ["--endpoint", server.url, "--model", "m", "--concurrency", String(WORKERS)];
  const args = [BINARY, "run", "--task", "caption", "--data", data, "--out", out, ...endpoint];
  const child = spawn(process.execPath, args, { cwd: project, stdio: "ignore" });
  let megabytes = 0;
  const watch = setInterval(() => {
    const status = `/proc/${child.pid}/status`;
    const [, peak] = (existsSync(status) && /VmHWM:\s*(\d+)/.exec(readFileSync(status, "utf8"))) || [];
    megabytes = Math.max(megabytes, Number(peak ?? 0) / 1024);
  }, 100);
  server.onAnswer = (total) => total >= killAt && child.kill("SIGKILL");
  return new Promise((resolve) => {
    child.on("close", (code) => {
      clearInterval(watch);
      resolve({ code, megabytes });
    });
  });
}

test(`an endpoint with faults, ${KILLS} kills, seed ${SEED}: the run is the undisturbed one`, async () => {
  const scratch = new Scratch();
  const data = writeData(scratch);
  const calm = await serveFaults(SEED, false);
  const undisturbed = await run(calm, data, scratch.at("calm"));
  calm.close();
  expect(undisturbed.code).toBe(1); // some never get an answer

  const random = createRandom(SEED).fork("kills");
  const server = await serveFaults(SEED, true);
  const ends: Ended[] = [];
  const sum = () => [...server.answered.values()].reduce((a, b) => a + b, 0);
  const manifestOf = (name: string) => scratch.readJson<Manifest>(`${name}/manifest.json`);
  const isWhole = (): boolean => {
    const { failed, flawed = {} } = manifestOf("faulty");
    return failed === WITHOUT_ANSWER && Object.values(flawed).reduce((a, b) => a + b, 0) === WITHOUT_ANSWER;
  };
  for (let kill = 0; kill < KILLS; kill++) {
    const killAt = sum() + Math.ceil((random.next() * EXAMPLES) / KILLS);
    ends.push(await run(server, data, scratch.at("faulty"), killAt));
  }
  const kills = ends.filter(({ code }) => code === null).length;
  do ends.push(await run(server, data, scratch.at("faulty")));
  while (!isWhole() && ends.length < MOST_ROUNDS);
  server.close();

  const paidTwice = [...server.answered].reduce((all, [i, n]) => all + (replyTo(i).isAnswer ? n - 1 : 0), 0);
  const most = Math.max(...ends.map(({ megabytes }) => megabytes));
  console.log(`${EXAMPLES} examples, ${WORKERS} at a time, ${ends.length} commands, ${kills} of them killed`);
  console.log(`requests: ${JSON.stringify(server.counts)}`);
  console.log(`answers paid twice, in flight when it was killed: ${paidTwice}; most memory: ${Math.round(most)} MB`);

  expect(isWhole()).toBe(true);
  expect(kills).toBe(KILLS);
  expect(paidTwice).toBeLessThanOrEqual(kills * WORKERS);
  for (const name of ["predictions.jsonl", "results.json", "scores.json"]) {
    // How long each reply took is measured.
    const [faulty, whole] = ["faulty", "calm"].map((folder) =>
      readFileSync(scratch.at(`${folder}/${name}`), "utf8").replace(/"seconds\w*":\s*[\d.e-]+/g, ""),
    );
    expect(faulty === whole, name).toBe(true);
  }
  const withoutPlace = ({ created: _, label: __, source, data, ...manifest }: Manifest) => {
    return { ...manifest, source: { ...source, url: "" }, data: { ...data, fromRun: "" } };
  };
  expect(withoutPlace(manifestOf("faulty"))).toEqual(withoutPlace(manifestOf("calm")));
  expect((await verifyRun(scratch.at("faulty"))).differences).toEqual([]);
  expect(most).toBeLessThan(MOST_MEGABYTES);
});
