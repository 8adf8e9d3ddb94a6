import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { BINARY, project, Scratch } from "../harness/cli/run-cli.js";
import { say, serve } from "../harness/sources/server.js";
import { numberOf, tinyJpeg } from "../tiny-jpeg.js";
import { type Cluster, hasSlurm, startCluster } from "./slurm.js";

const PICTURES = 200;
const SHARDS = 8;
const NODES = 4;
/** In milliseconds: Slurm refuses to start again what it has ended in the same second, and holds it for ever. */
const SAME_SECOND = 2000;
/** Folders may be called anything. */
const NAME = "a run's $HOME of 100%";

/** Jobs inherit it. */
const STILL = `--import=${pathToFileURL(join(project, "test/cluster/still-clock.mjs"))}`;

/** Answers that take as long as is set, so that tasks are in the middle of their work when something happens to them. */
async function openEndpoint() {
  const endpoint = { milliseconds: 2000, url: "", close() {} };
  const server = await serve((response, asked) => {
    const { image_url: picture } = asked.body.messages[0]!.content[0] as { image_url: { url: string } };
    const number = numberOf(Buffer.from(picture.url.split(",")[1]!, "base64"));
    setTimeout(() => say(`a picture of road number ${number}`)(response, asked), endpoint.milliseconds);
  });
  return Object.assign(endpoint, { url: server.url, close: server.close });
}

function writeData(scratch: Scratch): string {
  mkdirSync(scratch.at("data"));
  const numbers = Array.from({ length: PICTURES }, (_, i) => i);
  for (const i of numbers) scratch.write(`data/${i}.jpg`, tinyJpeg(i));
  scratch.write("data/test.json", {
    images: numbers.map((id) => ({ id, file_name: `${id}.jpg` })),
    annotations: numbers.map((id) => ({ image_id: id, caption: `a picture of a road with the number ${id}` })),
  });
  return scratch.at("data");
}

describe.skipIf(!hasSlurm)(
  "on a Slurm of four nodes (Debian's slurmctld, slurmd, slurm-client and munge, as root)",
  () => {
    const scratch = new Scratch();
    let cluster: Cluster;
    let endpoint: Awaited<ReturnType<typeof openEndpoint>>;
    let data: string;

    beforeAll(async () => {
      data = writeData(scratch);
      endpoint = await openEndpoint();
      cluster = await startCluster(NODES);
    });
    afterAll(async () => {
      endpoint?.close();
      await cluster?.stop();
    });

    // A test that failed leaves nothing to its next attempt, nor to other tests.
    afterEach(async () => {
      cluster.ask("scancel", "--user=root");
      cluster.ask("scontrol", "update", `NodeName=n[1-${NODES}]`, "State=RESUME");
      await until(
        () => cluster.ask("squeue", "-h")?.trim() === "",
        () => cluster.ask("squeue")!,
      );
    });

    const run = (out: string) => [
      ...["run", "--task", "caption", "--data", data, "--endpoint", endpoint.url, "--model", "m", "--concurrency", "1"],
      ...["--metrics", "bleu", "--out", out],
    ];

    /** A command in a process of its own: the endpoint answers meanwhile. */
    function simvlm(...words: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
      const child = spawn(process.execPath, [BINARY, ...words], {
        cwd: project,
        env: { ...cluster.environment, NODE_OPTIONS: STILL },
      });
      const said = { stdout: "", stderr: "" };
      child.stdout.on("data", (chunk) => (said.stdout += chunk));
      child.stderr.on("data", (chunk) => (said.stderr += chunk));
      return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...said })));
    }

    async function until(isSo: () => boolean | Promise<boolean>, what: () => string): Promise<void> {
      for (let tries = 0; !(await isSo()); tries++) {
        if (tries > 1500) throw new Error(what());
        await pause(200);
      }
    }

    test("a run whose tasks are killed, requeued, stopped by limits and lose their machine is the undisturbed one", async () => {
      endpoint.milliseconds = 2000;
      const own = new Scratch(); // of this attempt
      const out = join(own.at("cluster"), NAME);
      const report = own.at("report.html");
      mkdirSync(own.at("cluster"));
      const submitted = await simvlm(
        ...[
          "submit",
          "slurm",
          "--shards",
          `${SHARDS}`,
          "--time",
          "1",
          "--mem",
          "100",
          "--report",
          report,
          "--",
          ...run(out),
        ],
      );
      expect(submitted).toMatchObject({ code: 0, stderr: "" });
      const array = /job (\d+) \(tasks 1-8\), then job \d+\./.exec(submitted.stdout)![1]!;
      const log = (task: number) => join(out, `jobs/logs/${task}.log`);
      const read = (path: string) => (existsSync(path) ? readFileSync(path, "utf8") : "");
      const lines = (task: number) => read(join(out, `shards/${task}/predictions.jsonl`)).split("\n").length - 1;
      const logs = () => Array.from({ length: SHARDS }, (_, i) => read(log(i + 1))).join("---\n");
      const ofTask = (task: number) =>
        cluster.ask("squeue", "-h", "-r", "-t", "all", "-j", `${array}_${task}`, "-o", "%T|%N")!;

      const tasks = Array.from({ length: SHARDS }, (_, i) => i + 1);
      await until(() => tasks.every((task) => lines(task) > 0), logs);

      // Two are killed in two ways, one is requeued, and two more are on a machine that goes down.
      cluster.ask("scancel", "--signal=KILL", `${array}_1`);
      cluster.ask("scancel", "--signal=TERM", "--batch", `${array}_2`);
      cluster.ask("scontrol", "requeue", `${array}_3`);
      await until(() => ofTask(8).startsWith("RUNNING"), logs); // not between two attempts
      const node = ofTask(8).trim().split("|")[1]!;
      expect(node).toMatch(/^n\d$/);
      cluster.ask("scontrol", "update", `NodeName=${node}`, "State=DOWN", "Reason=test");
      await until(() => read(log(2)).includes("SIGTERM: finishing what is being predicted"), logs);
      await until(
        () => !ofTask(8).startsWith("RUNNING"),
        () => ofTask(8),
      );
      cluster.ask("scontrol", "update", `NodeName=${node}`, "State=RESUME");

      // Tasks 4 to 7 reach their limit of a minute, unless they were on that machine.
      const atLimit = tasks.slice(3, 7);
      await until(() => atLimit.some((task) => read(log(task)).includes("SIGTERM: finishing what")), logs);
      const { tasks: states } = JSON.parse((await simvlm("status", out, "--json")).stdout);
      expect(states).toHaveLength(SHARDS);
      expect(states.some(({ state }: { state: string }) => state === "running" || state === "waiting")).toBe(true);
      endpoint.milliseconds = 0;

      await until(
        async () => {
          // What is requeued waits for two minutes, of which all but the first seconds can be skipped.
          const waiting = cluster.ask("squeue", "-h", "-r", "-t", "PENDING", "-o", "%A|%r")?.split("\n") ?? [];
          await pause(SAME_SECOND);
          for (const row of waiting) {
            const [id, reason] = row.split("|");
            if (reason === "BeginTime") cluster.ask("scontrol", "update", `JobId=${id}`, "StartTime=now");
          }
          return existsSync(report) || /finish.log|given up/.test(read(join(out, "jobs/logs/finish.log")));
        },
        () => `${cluster.ask("squeue", "-r", "-t", "all")}${read(join(out, "jobs/logs/finish.log"))}${logs()}`,
      );

      expect(read(join(out, "jobs/logs/finish.log"))).toMatch(/handed in again as job \d+, time 1 of 3/);
      expect(JSON.parse((await simvlm("status", out, "--json")).stdout)).toMatchObject({ whole: true, done: PICTURES });
      for (const task of [3, 8]) {
        expect(cluster.ask("scontrol", "show", "job", `${array}_${task}`)).toMatch(/ Restarts=[1-9]/);
      }
      mkdirSync(own.at("alone"));
      const alone = join(own.at("alone"), NAME);
      expect((await simvlm(...run(alone))).code).toBe(0);
      for (const name of ["predictions.jsonl", "scores.json", "pictures.txt", "manifest.json", "seal.json"]) {
        expect(readFileSync(join(out, name), "utf8")).toBe(readFileSync(join(alone, name), "utf8"));
      }
      expect((await simvlm("verify", out)).code).toBe(0);
    });

    test("the last task goes on by itself, whether others are at work or done", async () => {
      endpoint.milliseconds = 400;
      const out = new Scratch().at("last");
      const { stdout } = await simvlm("submit", "slurm", "--shards", "2", "--", ...run(out), "--limit", "60");
      const array = /job (\d+) /.exec(stdout)![1]!;
      const show = (task: number) => cluster.ask("scontrol", "show", "job", `${array}_${task}`) ?? "";
      const restarts = (task: number) => Number(/ Restarts=(\d+)/.exec(show(task))?.[1]);
      const isIn = (task: number, state: string) => show(task).includes(`JobState=${state} `);
      const lines = (task: number) => {
        const path = join(out, `shards/${task}/predictions.jsonl`);
        return existsSync(path) ? readFileSync(path, "utf8").split("\n").length - 1 : 0;
      };
      const told = () => `${show(1)}${show(2)}`;
      await until(() => lines(1) > 0 && lines(2) > 0, told);
      cluster.ask("scancel", "--signal=TERM", "--batch", `${array}_2`);
      await until(() => restarts(2) === 1, told);
      expect(isIn(1, "RUNNING")).toBe(true);

      await until(() => isIn(1, "COMPLETED"), told);
      const before = lines(2);
      cluster.ask("scontrol", "update", `JobId=${array}_2`, "StartTime=now");
      await until(() => lines(2) > before, told);
      cluster.ask("scancel", "--signal=TERM", "--batch", `${array}_2`);
      await until(() => restarts(2) === 2, told);
      expect(restarts(1)).toBe(0);
      expect(isIn(1, "COMPLETED")).toBe(true);

      endpoint.milliseconds = 0;
      await pause(SAME_SECOND);
      cluster.ask("scontrol", "update", `JobId=${array}_2`, "StartTime=now");
      await until(() => existsSync(join(out, "scores.json")), told);
      expect(readFileSync(join(out, "jobs/logs/finish.log"), "utf8")).not.toContain("handed in again");
    });

    test("what was cancelled is not handed in again, and goes on with the same command", async () => {
      endpoint.milliseconds = 500;
      const out = new Scratch().at("cancelled");
      const words = ["submit", "slurm", "--shards", "2", "--", ...run(out), "--limit", "20"];
      expect((await simvlm(...words)).code).toBe(0);
      const counted = (task: number) => existsSync(join(out, `shards/${task}/predictions.jsonl`));
      await until(
        () => counted(1) && counted(2),
        () => "nothing was begun",
      );
      expect((await simvlm(...words)).stderr).toContain("is being worked on by the jobs");
      expect((await simvlm("cancel", out)).code).toBe(0);
      await until(
        () => cluster.ask("squeue", "-h")?.trim() === "",
        () => "jobs do not end",
      );
      expect(JSON.parse((await simvlm("status", out, "--json")).stdout)).toMatchObject({ whole: false, following: [] });
      endpoint.milliseconds = 0;
      expect((await simvlm(...words)).code).toBe(0);
      await until(
        () => existsSync(join(out, "scores.json")),
        () => readFileSync(join(out, "jobs/logs/finish.log"), "utf8"),
      );
      await until(
        () => cluster.ask("squeue", "-h")?.trim() === "",
        () => "jobs do not end",
      );
    });
  },
);

const hasShellcheck = spawnSync("shellcheck", ["--version"]).status === 0;

test.skipIf(!hasShellcheck)("shellcheck finds nothing in the scripts", () => {
  // Scripts are written of what is there only.
  const scratch = new Scratch();
  const references = writeData(scratch);
  const said = Array.from({ length: PICTURES }, (_, image_id) => ({ image_id, caption: "a road" }));
  for (const name of ["said.json", "p", "a b.json", "$c.json"]) scratch.write(name, said);
  cpSync(join(references, "test.json"), scratch.at("it's $5"));
  scratch.write("w x", "");
  const recipe = JSON.parse(readFileSync(join(project, "examples/study/recipe.json"), "utf8"));
  const [test] = recipe.tests;
  const only = { task: "caption", data: "data", name: "seen" };
  mkdirSync(scratch.at("it's/web"), { recursive: true });
  scratch.write("it's/web/00000.tar", "");
  cpSync(references, scratch.at("it's/data"), { recursive: true });
  const { documents: _, attention: __, ...rest } = recipe;
  scratch.write("recipe.json", { ...rest, pairs: "web", tests: [{ ...test, ...only, finetuning: undefined }] });
  const source = ["--task", "caption", "--data", "data", "--predictions", "said.json", "--ci"];
  const commands = [
    ["--shards", "8", "--report", "it's $5.html", "--", "run", ...source, "--out", NAME],
    ["--shards", "2", "--setup", "module load nodejs", "--", "run", ...source, "--out", 'a "b" `c` \\ \n\u200e“7”'],
    [
      ...["--matrix", "predictions=a b.json,$c.json,limit=5,6", "--shards", "2"],
      ...["--", "run", "--task", "caption", "--data", "data", "--out", "m"],
    ],
    [
      "--array",
      "seed=1..3",
      "--time",
      "1:00:00",
      "--",
      "pretrain",
      "--pairs-from",
      "w x",
      "--steps",
      "3",
      "--out",
      "s",
    ],
    ["--", "ablate", "recipe.json", "--data", "it's", "--out", NAME],
    [
      ...["--shards", "3", "--", "score", "--task", "caption", "--references", "it's $5", "--predictions", "p"],
      ...["--metrics", "spice", "--judgements", NAME, "--ci", "--json", "`s`"],
    ],
  ];
  for (const words of commands) {
    const printed = spawnSync(process.execPath, [join(project, BINARY), "submit", "slurm", "--dry-run", ...words], {
      cwd: scratch.path,
      encoding: "utf8",
    });
    expect(printed).toMatchObject({ status: 0, stderr: words.includes("pretrain") ? expect.any(String) : "" });
    const scripts = printed.stdout.split(/(?<=\n)(?=#!)/);
    expect(scripts.length).toBe(2);
    for (const input of [printed.stdout, ...scripts]) {
      const { stdout } = spawnSync("shellcheck", ["--norc", "-"], { encoding: "utf8", input });
      expect(stdout).toBe("");
    }
  }
  const own = spawnSync("shellcheck", ["--norc", join(project, "test/cluster/slurm-up.sh")], { encoding: "utf8" });
  expect(own.stdout).toBe("");
});
