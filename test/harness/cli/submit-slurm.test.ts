import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { StubSlurm } from "../cluster/stub-slurm.js";
import { CAPTIONS, writeCaptions } from "../runs/world.js";
import { writeToybox } from "../training/small-world.js";
import { BINARY, project, runBinary, runCli, Scratch } from "./run-cli.js";

const ODD = "a \"b\" 'c' $HOME `d` \\ %x\n7";
const SHARDS = 2;

let scratch: Scratch;
let slurm: StubSlurm;
let run: (out: string) => string[];

beforeEach(() => {
  scratch = new Scratch();
  slurm = new StubSlurm(scratch);
  const data = writeCaptions(scratch);
  const said = scratch.write(
    "said.json",
    CAPTIONS.map((caption, i) => ({ image_id: 101 + i, caption })),
  );
  run = (out) => [
    "run",
    "--task",
    "caption",
    "--data",
    data,
    "--predictions",
    said,
    "--out",
    out,
    "--metrics=bleu",
    "--ci",
  ];
});

const submit = (...words: string[]) => runBinary(["submit", "slurm", ...words], slurm.environment);

/** A file in which all pictures have one caption. */
const said = (caption: string) =>
  scratch.write(
    "others.json",
    CAPTIONS.map((_, i) => ({ image_id: 101 + i, caption })),
  );

/** Runs a script as Slurm does, for one task: in the folder of jobs. */
const perform = (script: string, environment: NodeJS.ProcessEnv = {}) =>
  spawnSync("bash", [script], {
    cwd: dirname(script),
    encoding: "utf8",
    env: { ...slurm.environment, SLURM_ARRAY_JOB_ID: "7", ...environment },
  });

describe("a run in shards", () => {
  test("is what it would have been in one piece, whatever its folder is called", async () => {
    const out = scratch.at(ODD);
    const { code, stderr } = submit("--shards", `${SHARDS}`, "--at-most", "2", "--", ...run(out));
    expect([code, stderr]).toEqual([0, ""]);
    const jobs = join(out, "jobs");
    expect(readFileSync(join(jobs, "array.sh"), "utf8")).toMatch(/^#SBATCH --array=1-2%2$/m);
    for (let task = 1; task <= SHARDS; task++) {
      expect(perform(join(jobs, "array.sh"), { SLURM_ARRAY_TASK_ID: `${task}` }).status).toBe(0);
    }
    expect(perform(join(jobs, "finish.sh")).status).toBe(0);
    mkdirSync(scratch.at("whole"));
    const whole = join(scratch.at("whole"), ODD);
    expect((await runCli(...run(whole))).code).toBe(0);
    for (const name of ["predictions.jsonl", "scores.json"]) {
      expect(readFileSync(join(out, name), "utf8")).toBe(readFileSync(join(whole, name), "utf8"));
    }
    expect((await runCli("verify", out)).code).toBe(0);
    const state = JSON.parse((await runCli("status", out, "--json")).stdout);
    expect(state).toMatchObject({ whole: true, done: CAPTIONS.length, counts: { done: SHARDS } });
  });

  test("is handed in in its folder of jobs, with the job that follows, and without what a job knows of itself", () => {
    const out = scratch.at("out");
    const { stdout } = submit("--shards", "3", "--at-most", "2", "--", ...run(out));
    expect(stdout).toContain("job 101 (tasks 1-3), then job 102.");
    const where = [join(out, "jobs"), "", "the-conf", "--parsable"];
    expect(slurm.calls("sbatch")).toEqual([
      [...where, "--array=1-3%2", "array.sh"],
      [...where, "--dependency=afterany:101", "finish.sh"],
    ]);
    const { handed } = JSON.parse(readFileSync(join(out, "jobs/submission.json"), "utf8"));
    expect(handed).toMatchObject([{ array: "101", finish: "102", tasks: [1, 2, 3], again: false }]);
  });

  test("is handed in again where shards are missing, so often and no oftener", () => {
    const out = scratch.at("out");
    submit("--shards", "3", "--resubmissions", "1", "--", ...run(out));
    perform(join(out, "jobs/array.sh"), { SLURM_ARRAY_TASK_ID: "2" });
    const again = perform(join(out, "jobs/finish.sh"));
    expect(again.status).toBe(75);
    expect(again.stderr).toContain("tasks 1,3");
    expect(
      slurm
        .calls("sbatch")
        .slice(2)
        .map((words) => words.slice(-2)),
    ).toEqual([
      ["--array=1,3", "array.sh"],
      ["--dependency=afterany:103", "finish.sh"],
    ]);
    const given = perform(join(out, "jobs/finish.sh"));
    expect(given.status).toBe(1);
    expect(given.stderr).toMatch(/tasks 1,3 of .* are missing after 1 further attempts/);
    expect(slurm.calls("sbatch")).toHaveLength(4);
    // Whoever hands it in himself begins to count anew.
    expect(submit("--shards", "3", "--resubmissions", "1", "--", ...run(out)).stdout).toContain("(tasks 1,3)");
    expect(perform(join(out, "jobs/finish.sh")).status).toBe(75);
  });

  test("is waited for where the finishing job comes before its time, as often as needed", () => {
    const out = scratch.at("out");
    submit("--shards", "3", "--resubmissions", "1", "--", ...run(out));
    perform(join(out, "jobs/array.sh"), { SLURM_ARRAY_TASK_ID: "2" });
    slurm.answer("squeue", "printf '101|1|COMPLETED|None\\n101|3|PENDING|BeginTime\\n'");
    for (const finish of ["103", "104"]) {
      const early = perform(join(out, "jobs/finish.sh"));
      expect([early.status, early.stderr]).toEqual([
        75,
        expect.stringContaining(`task 3 of ${out} is still to run: job ${finish} waits`),
      ]);
    }
    expect(slurm.calls("sbatch").map((words) => words.slice(4))).toEqual([
      ["--array=1-3", "array.sh"],
      ["--dependency=afterany:101", "finish.sh"],
      ...[1, 2].map(() => ["--dependency=afterany:101", "--begin=now+30seconds", "finish.sh"]),
    ]);
    slurm.answer("squeue", "");
    expect(perform(join(out, "jobs/finish.sh")).stderr).toContain("handed in again as job 105, time 1 of 1");
  });

  test("that is refused as bad input is not handed in again", async () => {
    const out = scratch.at("out");
    submit("--shards", "2", "--", ...run(out));
    rmSync(scratch.at("data/test.json"));
    expect(perform(join(out, "jobs/array.sh"), { SLURM_ARRAY_TASK_ID: "1" }).status).toBe(2);
    const finish = perform(join(out, "jobs/finish.sh"));
    expect([finish.status, finish.stderr]).toEqual([1, expect.stringMatching(/task 1 of .* were refused/)]);
    const { tasks } = JSON.parse((await runCli("status", out, "--json")).stdout);
    expect(tasks).toMatchObject([{ state: "failed", exitCode: 2 }, { state: "not begun" }]);
  });

  test("does not go on in another number of shards, or with other options", () => {
    const out = scratch.at("out");
    submit("--shards", "3", "--", ...run(out));
    const more = submit("--shards", "4", "--", ...run(out));
    expect([more.code, more.stderr]).toEqual([
      2,
      expect.stringContaining("was begun in 3 shards, and cannot go on in 4"),
    ]);
    const other = submit("--shards", "3", "--", ...run(out), "--limit", "2");
    expect([other.code, other.stderr]).toEqual([
      2,
      expect.stringContaining("with other options (then nothing of that; now --limit 2)."),
    ]);
    const spelt = submit("--shards", "3", "--", ...run(`${scratch.at("data")}/..//out/`));
    expect([spelt.code, spelt.stderr]).toEqual([0, ""]);
    expect(submit("--shards", "3", "--time", "10", "--", ...run(out)).code).toBe(0);
  });

  test("is not handed in twice at a time, and can be cancelled: first what follows", async () => {
    const out = scratch.at("out");
    submit("--shards", "3", "--", ...run(out));
    slurm.answer("squeue", 'case "$*" in *101*) echo "101|1|RUNNING|None"; echo "101|2|PENDING|Resources" ;; esac');
    const twice = submit("--shards", "3", "--", ...run(out));
    expect([twice.code, twice.stderr]).toEqual([2, expect.stringContaining("by the jobs 101")]);
    const { stdout } = runBinary(["status", out], slurm.environment);
    expect(stdout).toMatch(/1 │ running .* job 101_1 /);
    expect(stdout).toMatch(/2 │ waiting .* job 101_2: Resources /);
    expect(runBinary(["cancel", out], slurm.environment).code).toBe(0);
    expect(slurm.calls("scancel").map((words) => words.slice(3))).toEqual([["102"], ["101"]]);
  });
});

describe("what follows the tasks", () => {
  test("is handed in by itself where it alone has failed, and status says what it said", async () => {
    const out = scratch.at("out");
    const report = scratch.at("pages/report.html");
    const again = () => submit("--shards", "2", "--report", report, "--", ...run(out));
    mkdirSync(scratch.at("pages"));
    again();
    for (const task of ["1", "2"]) perform(join(out, "jobs/array.sh"), { SLURM_ARRAY_TASK_ID: task });
    rmSync(scratch.at("pages"), { recursive: true });
    const failed = perform(join(out, "jobs/finish.sh"));
    expect(failed.status).toBe(2);
    scratch.write("out/jobs/logs/finish.log", `${failed.stdout}${failed.stderr}`);
    const state = JSON.parse(runBinary(["status", out, "--json"], slurm.environment).stdout);
    expect(state).toMatchObject({
      whole: false,
      counts: { done: 2 },
      next: [expect.stringMatching(/^simvlm report /)],
    });
    expect(state.notes).toEqual([expect.stringMatching(/finishing job has ended.*finish\.log\): .*report\.html/)]);

    expect(again()).toMatchObject({ code: 2, stderr: expect.stringContaining("report.html") });
    mkdirSync(scratch.at("pages"));
    expect(again().stdout).toContain("all tasks are done; job 103 does what follows them.");
    expect(slurm.calls("sbatch").at(-1)!.slice(-2)).toEqual(["--parsable", "finish.sh"]);
    expect(perform(join(out, "jobs/finish.sh")).status).toBe(0);
    expect(JSON.parse(runBinary(["status", out, "--json"], slurm.environment).stdout)).toMatchObject({
      ...{ whole: true, next: [], notes: [] },
    });
    expect(again().stderr).toContain("nothing is handed in");
  });
});

test("a task whose log is damaged is named, and the others are counted", async () => {
  const out = scratch.at("out");
  submit("--shards", "2", "--", ...run(out));
  for (const task of ["1", "2"]) perform(join(out, "jobs/array.sh"), { SLURM_ARRAY_TASK_ID: task });
  const log = join(out, "shards/2/predictions.jsonl");
  scratch.write("out/shards/2/predictions.jsonl", readFileSync(log, "utf8").replace("{", "<"));
  const said = /shards\/2\/predictions\.jsonl, line 1.* delete .*shards\/2 and hand in again/;
  const { stdout } = runBinary(["status", out], slurm.environment);
  expect(stdout).toMatch(/1 done, 1 damaged/);
  expect(stdout.replace(/\s+/g, " ")).toMatch(said);
  const again = submit("--shards", "2", "--", ...run(out));
  expect([again.code, again.stderr.replace(/\s+/g, " ")]).toEqual([2, expect.stringMatching(said)]);
  rmSync(join(out, "shards/2"), { recursive: true });
  expect(submit("--shards", "2", "--", ...run(out)).stdout).toContain("(tasks 2)");
});

describe("other runs in the folder", () => {
  const source = (out: string) => run(out).filter((word) => word !== "--metrics=bleu" && word !== "--ci");

  test("a whole one, or shards of another or of another number, are not taken for what is handed in", async () => {
    const [whole, parted] = [scratch.at("whole"), scratch.at("parted")];
    expect((await runCli(...run(whole))).code).toBe(0);
    for (const shard of ["1/3", "2/3", "3/3"]) {
      const folder = join(parted, "shards", shard[0]!);
      expect((await runCli(...source(folder), "--shard", shard)).code).toBe(0);
    }
    const other = (out: string) => [...run(out), "--limit", "4"];
    for (const [out, shards, words] of [
      [whole, "2", other],
      [parted, "3", other],
      [parted, "2", run],
    ] as const) {
      const before = scratch.list();
      const { code, stderr } = submit("--shards", shards, "--", ...words(out));
      expect([code, stderr]).toEqual([2, expect.stringMatching(/begun with other settings|none of the 2 shards/)]);
      expect([scratch.list(), slurm.calls("sbatch")]).toEqual([before, []]);
    }
    expect(submit("--shards", "3", "--", ...run(parted)).stdout).toContain("all tasks are done");
    expect(submit("--", ...run(whole)).stderr).toContain("all of");
  });

  test("a merged run that is of others is none, says status", async () => {
    const out = scratch.at("out");
    expect((await runCli(...run(out), "--limit", "4")).code).toBe(0);
    for (const shard of ["1/2", "2/2"]) {
      expect((await runCli(...source(join(out, "shards", shard[0]!)), "--shard", shard)).code).toBe(0);
    }
    const { whole, notes } = JSON.parse((await runCli("status", out, "--json")).stdout);
    expect([whole, notes]).toEqual([false, [expect.stringContaining(`${out} is not the run that`)]]);
  });

  test("a finished shard that was changed is damaged, and nothing is handed in before somebody says what to do", async () => {
    const out = scratch.at("out");
    submit("--shards", "2", "--", ...run(out));
    for (const task of ["1", "2"]) perform(join(out, "jobs/array.sh"), { SLURM_ARRAY_TASK_ID: task });
    const log = join(out, "shards/2/predictions.jsonl");
    writeFileSync(log, readFileSync(log, "utf8").split("\n").slice(1).join("\n"));
    const { stdout } = await runCli("status", out);
    expect(stdout).toContain("1 done, 1 damaged");
    expect(stdout).toContain(`delete ${join(out, "shards/2")} and hand in again`);
    const again = submit("--shards", "2", "--", ...run(out));
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining("predictions.jsonl was changed")]);
    rmSync(join(out, "shards/2"), { recursive: true });
    expect(submit("--shards", "2", "--", ...run(out)).stdout).toContain("(tasks 2)");
  });

  test("what sbatch refused is not begun: another number of shards may be asked for", () => {
    const out = scratch.at("out");
    slurm.answer("sbatch", "exit 1");
    expect(submit("--shards", "2", "--", ...run(out)).code).toBe(2);
    slurm.answer("sbatch", "echo 7");
    expect(submit("--shards", "3", "--", ...run(out)).stdout).toContain("(tasks 1-3)");
  });
});

test("status tells of a finishing job that ended badly though all is there", async () => {
  const out = scratch.at("out");
  expect(
    submit(
      "--shards",
      "2",
      "--",
      ...run(out).map((word) => (word === scratch.at("said.json") ? said("a dog") : word)),
      "--min",
      "Bleu_1=0.9",
    ).code,
  ).toBe(0);
  for (const task of ["1", "2"]) perform(join(out, "jobs/array.sh"), { SLURM_ARRAY_TASK_ID: task });
  const finish = perform(join(out, "jobs/finish.sh"));
  writeFileSync(join(out, "jobs/logs/finish.log"), finish.stdout + finish.stderr); // Slurm writes it
  expect(finish.status).toBe(1);
  const { stdout } = await runCli("status", out);
  expect(stdout).toContain("all is there");
  expect(stdout).toContain("The finishing job has ended with exit code 1, and said last");
});

describe("what is cancelled", () => {
  test("is not handed in again by a finishing job that had begun, until somebody hands it in", () => {
    const out = scratch.at("out");
    submit("--shards", "2", "--", ...run(out));
    expect(runBinary(["cancel", out], slurm.environment).code).toBe(0);
    expect(runBinary(["cancel", out], slurm.environment).stdout).toContain(
      "cancelled before, and no job has been left",
    );
    const late = perform(join(out, "jobs/finish.sh"));
    expect([late.status, late.stderr]).toEqual([1, expect.stringMatching(/tasks 1-2 of .* were cancelled/)]);
    expect(slurm.calls("sbatch")).toHaveLength(2);
    expect(submit("--shards", "2", "--", ...run(out)).code).toBe(0);
    expect(perform(join(out, "jobs/finish.sh")).status).toBe(75);
  });

  test("while a finishing job hands in again, is cancelled by that, too", () => {
    const out = scratch.at("out");
    submit("--shards", "2", "--", ...run(out));
    const mark = join(out, "jobs/cancelled");
    slurm.answer("sbatch", `touch "${mark}"; echo "$(($(grep -c '^sbatch' "${scratch.at("calls.txt")}")+200))"`);
    const finish = perform(join(out, "jobs/finish.sh"));
    expect([finish.status, finish.stderr]).toEqual([1, expect.stringContaining("were cancelled")]);
    expect(slurm.calls("scancel").map((words) => words.slice(3))).toEqual([["204"], ["203"]]);
  });
});

describe("a task that is told to stop", () => {
  /** A task that waits for its child, which ends with a code. */
  async function stop(out: string, environment: NodeJS.ProcessEnv = {}) {
    submit("--shards", "2", "--restarts", "2", "--", ...run(out));
    const script = join(out, "jobs/array.sh");
    const text = readFileSync(script, "utf8");
    const program = /^\S+ \S+simvlm\.js run .*&$/m;
    expect(text).toMatch(program);
    const child = "bash -c 'trap \"exit 75\" TERM; echo begun; while :; do sleep 0.1; done' &";
    const env = { ...slurm.environment, SLURM_ARRAY_JOB_ID: "7", SLURM_ARRAY_TASK_ID: "1", ...environment };
    const shell = spawn("bash", [scratch.write("task.sh", text.replace(program, child))], { env });
    let said = "";
    shell.stderr.on("data", (chunk) => (said += chunk));
    await new Promise((resolve) => shell.stdout.once("data", resolve));
    shell.kill("SIGUSR2");
    const code = await new Promise((resolve) => shell.on("close", resolve));
    return {
      code,
      said,
      requeued: slurm
        .calls("scontrol")
        .map((words) => words.slice(3))
        .filter(([verb]) => verb === "requeue"),
    };
  }

  test("goes on in the same job", async () => {
    slurm.answer("squeue", "echo RUNNING");
    slurm.answer("scontrol", '[ "$1" != requeue ] || kill -TERM $PPID'); // as Slurm ends what is requeued
    expect(await stop(scratch.at("out"))).toMatchObject({ requeued: [["requeue", "7_1"]] });
    expect(existsSync(scratch.at("out/jobs/ended/1"))).toBe(false);
  });

  test("not where Slurm is ending it", async () => {
    slurm.answer("squeue", "echo COMPLETING");
    expect(await stop(scratch.at("out"))).toMatchObject({ code: 75, requeued: [] });
    expect(readFileSync(scratch.at("out/jobs/ended/1"), "utf8")).toBe("75\n");
  });

  test("not for ever", async () => {
    slurm.answer("squeue", "echo RUNNING");
    expect(await stop(scratch.at("out"), { SLURM_RESTART_COUNT: "2" })).toMatchObject({
      code: 75,
      said: expect.stringContaining("has been started again 2 times"),
      requeued: [],
    });
  });
});

describe("arrays of other commands", () => {
  let training: string[];
  beforeEach(() => {
    mkdirSync(scratch.at("web"));
    training = ["pretrain", "--pairs-from", scratch.write("web/00000.tar", ""), "--steps", "3"];
  });

  test("have a folder for each combination", async () => {
    const { stdout } = await runCli(
      "submit",
      "slurm",
      "--dry-run",
      "--array",
      "seed=1..2,learning-rate=1e-3,3e-4",
      "--",
      ...training,
      "--out",
      "sweep",
    );
    expect(stdout).toMatch(/^#SBATCH --array=1-4$/m);
    expect(stdout).toMatch(
      /^ {2}2\) out=sweep\/seed=1,learning-rate=3e-4; words=\(--seed 1 --learning-rate 3e-4\) ;;$/m,
    );
    expect(existsSync(join(project, "sweep"))).toBe(false);
  });

  test("labels by limits, each in shards", async () => {
    const { stdout } = await runCli(
      "submit",
      "slurm",
      "--dry-run",
      "--shards",
      "2",
      "--matrix",
      "label=a/b,c,limit=5,6",
      "--",
      ...run("sweep"),
    );
    expect(stdout).toMatch(/^#SBATCH --array=1-8$/m);
    expect(stdout).toMatch(/^ {2}3\) out=sweep\/label=c,limit=5; words=\(--label c --limit 5\) ;;$/m);
    expect(stdout.match(/^simvlm merge /gm)).toHaveLength(4);
  });

  test("no two have the same folder, however alike their values are", async () => {
    const long = "x".repeat(250);
    const values = ["a/b", "a-b", "a b", `${long}1`, `${long}2`].join(",");
    const { stdout } = await runCli("submit", "slurm", "--dry-run", "--matrix", `label=${values}`, "--", ...run("m"));
    const folders = [...stdout.matchAll(/^ {2}\d\) out=(\S+); /gm)].map(([, folder]) => folder!);
    expect(folders[0]).toBe("m/label=a-b");
    expect(new Set(folders).size).toBe(5);
    for (const folder of folders) expect(folder.length).toBeLessThan(250);
  });

  test("a training keeps its jobs in its own folder", async () => {
    const out = scratch.at("training");
    expect(submit("--", ...training, "--out", out).code).toBe(0);
    const { stderr } = await runCli(...training, "--out", out);
    expect(stderr).not.toContain("not empty");
  });
});

describe("a study", () => {
  const recipe = {
    ...{ format: 1, title: "t", pairs: "web", seeds: [1, 2], variants: [{ name: "base" }] },
    config: {
      ...{ imageSize: 32, convBlocks: [1], convWidth: 8, convGroups: 4, width: 16, heads: 2, mlpWidth: 32 },
      ...{ encoderLayers: 1, decoderLayers: 1, vocabularySize: 300 },
    },
    pretraining: { steps: 1, pairs: 2, documents: 0, prefixLength: 8, suffixLength: 12 },
    tests: [{ name: "seen", task: "caption", data: "nocaps", limit: 2, metrics: ["bleu"], maxLength: 4 }],
  };
  const ablate = (out: string) => ["ablate", scratch.at("recipe.json"), "--data", scratch.at("world"), "--out", out];

  test("is divided into its cells, and compared at the end as on one machine", { timeout: 600_000 }, async () => {
    const world = await writeToybox(scratch, ["web", "nocaps"], 12);
    const words = (out: string) => ["ablate", scratch.write("recipe.json", recipe), "--data", world, "--out", out];
    const out = scratch.at("a study's $HOME");
    expect(submit("--", ...words(out)).stdout).toContain("job 101 (tasks 1-2), then job 102.");
    const second = perform(join(out, "jobs/array.sh"), { SLURM_ARRAY_TASK_ID: "2" });
    expect(second.status, second.stderr).toBe(0);
    expect(existsSync(join(out, "report.html"))).toBe(false);
    const half = JSON.parse((await runCli("status", out, "--json")).stdout);
    expect(half).toMatchObject({
      whole: false,
      tasks: [
        { state: "not begun", total: 1 },
        { state: "done", done: 1 },
      ],
    });
    const again = perform(join(out, "jobs/finish.sh"));
    expect([again.status, again.stderr]).toEqual([
      75,
      expect.stringMatching(/task 1 of .* handed in again as job 103/),
    ]);
    perform(join(out, "jobs/array.sh"), { SLURM_ARRAY_TASK_ID: "1" });
    expect(JSON.parse((await runCli("status", out, "--json")).stdout)).toMatchObject({ done: 2 });
    expect(perform(join(out, "jobs/finish.sh")).status).toBe(0);
    expect(existsSync(join(out, "report.html"))).toBe(true);
    expect(JSON.parse((await runCli("status", out, "--json")).stdout)).toMatchObject({ whole: true });
    expect((await runCli(...words(scratch.at("alone")))).code).toBe(0);
    expect(readFileSync(join(out, "study.json"), "utf8")).toBe(readFileSync(scratch.at("alone/study.json"), "utf8"));
  });

  test.each([
    ["more tasks than cells", ["--shards", "3"], {}, "the study has 2 cells"],
    ["a recipe that is none", [], { seeds: [] }, "seeds"],
    ["a report on runs", ["--report", "r.html"], {}, "--report has no meaning with ablate"],
  ])("%s: refused before anything is handed in", async (_, options, changes, said) => {
    scratch.write("recipe.json", { ...recipe, ...changes });
    const { code, stderr } = await runCli("submit", "slurm", ...options, "--", ...ablate(scratch.at("out")));
    expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
    expect(existsSync(scratch.at("out"))).toBe(false);
  });

  test("does not go on with another recipe, or in another number of tasks", async () => {
    const out = scratch.at("out");
    const world = await writeToybox(scratch, ["web", "nocaps"], 12);
    scratch.write("recipe.json", recipe);
    const ablate = (out: string) => ["ablate", scratch.at("recipe.json"), "--data", world, "--out", out];
    expect(submit("--shards", "2", "--", ...ablate(out)).code).toBe(0);
    const fewer = await runCli("submit", "slurm", "--shards", "1", "--", ...ablate(out));
    expect([fewer.code, fewer.stderr]).toEqual([
      2,
      expect.stringContaining("begun in 2 shards, and cannot go on in 1"),
    ]);
    scratch.write("recipe.json", { ...recipe, seeds: [1, 3] });
    const other = await runCli("submit", "slurm", "--shards", "2", "--", ...ablate(out));
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining("other options")]);
  });
});

describe("what a task would find wrong at once is found before anything is handed in", () => {
  const CHECKPOINT = "fixtures/checkpoints/pretrained";

  test("of the folder, where none can be", async () => {
    const file = scratch.write("a-file", "");
    await refuse(run(join(file, "out")), "a part of its path is a file");
    await refuse(run(file), "a-file is a file, not a folder");
  });

  test("of a run", async () => {
    const [data, said] = [scratch.at("data"), scratch.at("said.json")];
    const asked = (...words: string[]) => ["run", "--out", scratch.at("out"), ...words];
    const caption = ["--task", "caption", "--data", data];
    await refuse(asked("--task", "captoin", "--data", data, "--predictions", said), "no task captoin");
    await refuse(asked("--task", "caption", "--data", scratch.at("no-data"), "--predictions", said), "no-data");
    await refuse(asked(...caption, "--split", "val", "--predictions", said), "val");
    await refuse(asked(...caption, "--predictions", scratch.at("nobody.json")), "nobody.json");
    await refuse(asked(...caption, "--predictions", scratch.write("other.json", [{ image_id: 9, caption: "a" }])), "9");
    await refuse(asked(...caption, "--checkpoint", scratch.at("no-model")), "no-model");
    await refuse(asked(...caption, "--transformers", scratch.at("no-model")), "no-model");
    await refuse(asked(...caption, "--endpoint", "nowhere", "--model", "m"), "not an http or https URL");
    await refuse(asked(...caption, "--predictions", said, "--metrics", "bleurgh"), "bleurgh");
    await refuse(asked(...caption, "--predictions", said, "--shard-by", "words"), "say --shards");
    await refuse(asked(...caption, "--checkpoint", CHECKPOINT), "7 cannot be shown with their pictures");
  });

  test("of a value in a matrix", async () => {
    const words = run(scratch.at("out")).filter(
      (word, i, all) => word !== "--predictions" && all[i - 1] !== "--predictions",
    );
    const matrix = ["--matrix", `predictions=${scratch.at("said.json")},${scratch.at("lost.json")}`];
    const { code, stderr } = await runCli("submit", "slurm", "--dry-run", ...matrix, "--", ...words);
    expect([code, stderr]).toEqual([2, expect.stringContaining("lost.json")]);
  });

  test("of trainings, curves, studies and scores", async () => {
    const [data, out] = [scratch.at("data"), scratch.at("out")];
    const pairs = scratch.write("00000.tar", "");
    const pretrain = ["pretrain", "--steps", "1", "--out", out, "--pairs-from"];
    await refuse([...pretrain, scratch.at("no-pairs")], "no-pairs");
    await refuse([...pretrain, pairs, "--checkpoint", scratch.at("no-model")], "no-model");
    await refuse([...pretrain, pairs, "--tokenizer", scratch.at("no-words.json")], "no-words");
    const finetune = ["finetune", "--task", "caption", "--steps", "1", "--out", out, "--checkpoint"];
    await refuse([...finetune, scratch.at("no-model"), "--data", data], "no-model");
    await refuse([...finetune, CHECKPOINT, "--data", data, "--split", "lost"], "lost");
    const curve = ["label-curve", "--steps", "1", "--out", out, "--checkpoint", CHECKPOINT, "--labels", "1"];
    const world = await writeToybox(scratch, ["captions", "nocaps"], 4);
    await refuse([...curve, "--data", scratch.at("no-data"), "--test", join(world, "nocaps")], "no-data");
    await refuse([...curve, "--data", join(world, "captions"), "--test", scratch.at("no-test")], "no-test");
    await refuse(["ablate", "examples/study/recipe.json", "--data", data, "--out", out], "no such file or folder");
    const score = [
      "score",
      "--task",
      "caption",
      "--metrics",
      "spice",
      "--judgements",
      out,
      "--json",
      scratch.at("s.json"),
    ];
    const files = ["--references", scratch.at("data/test.json"), "--predictions", scratch.at("lost.json")];
    await refuse([...score, ...files], "lost.json", "--shards", "2");
  });

  async function refuse(words: readonly string[], said: string, ...options: string[]): Promise<void> {
    const before = scratch.list();
    const { code, stdout, stderr } = await runCli("submit", "slurm", "--dry-run", ...options, "--", ...words);
    expect([code, stdout, stderr]).toEqual([2, "", expect.stringContaining(said)]);
    expect(scratch.list()).toEqual(before);
  }
});

describe("what is refused", () => {
  test.each([
    [["--shards", "2", "--", "run", "--task", "caption", "--data", "d", "--out", "o"], "Who predicts?"],
    [["--shards", "2"], "Write it behind --"],
    [["--shards", "100000001", "--"], "It must be 100000 at most"],
    [["--", "run", "--task", "caption", "--data", "d", "--checkpoint", "c", "--out", "./-o"], "begins with a dash"],
    [["--", "scrub"], 'It is not "scrub"'],
    [["--", "run", "--task", "caption", "--dta", "d"], "--data"],
    [
      ["--shards", "2", "--", "pretrain", "--pairs-from", "w", "--steps", "1", "--out", "o"],
      "its work cannot be divided",
    ],
    [
      ["--array", "seed=1,2", "--", "pretrain", "--pairs-from", "w", "--steps", "1", "--out", "o", "--seed", "3"],
      "--seed",
    ],
    [
      ["--", "pretrain", "--pairs-from", "a.tar::https://h.example/b.tar?Signature=hush", "--steps", "1", "--out", "o"],
      "--pairs-from has an address with a key",
    ],
    [
      [
        ...["--", "run", "--task", "caption", "--data", "d", "--endpoint", "http://h/v1", "--model", "m", "--out", "o"],
        ...["--header", "X-Team: vision", "--header", "X-Api-Key: hush"],
      ],
      "--header X-Api-Key holds a secret, as its name says",
    ],
    [["--array", "sed=1,2", "--", "pretrain", "--pairs-from", "w", "--steps", "1", "--out", "o"], "--sed"],
    [["--array", "1,2", "--"], "It must look like"],
    [["--array", "seed=1..3,2", "--"], "seed the value 2 twice"],
    [["--array", "out=a,b", "--", "pretrain", "--pairs-from", "w", "--steps", "1"], "--out is the folder of all"],
    [
      ["--array", "seed=1", "--matrix", "seed=2", "--", "pretrain", "--pairs-from", "w", "--steps", "1", "--out", "o"],
      "have an option in common",
    ],
    [
      ["--array", "learning-rate=1e-3,0.001", "--", "pretrain", "--pairs-from", "w", "--steps", "1", "--out", "o"],
      "learning-rate the value 0.001 twice",
    ],
    [
      ["--array", "learning-rate=1e-3,fast", "--", "pretrain", "--pairs-from", "w", "--steps", "1", "--out", "o"],
      "'fast'",
    ],
    [
      [
        "--array",
        "pairs-from=w,https://h.example/b.tar?Signature=hush",
        "--",
        "pretrain",
        "--steps",
        "1",
        "--out",
        "o",
      ],
      "--pairs-from has an address with a key",
    ],
    [["--array", "seed=5..1", "--"], "must ascend"],
    [["--time", "soon", "--"], "minutes"],
    [["--time", "1:99:00", "--"], "none of the later ones above 59"],
    [["--time", "10:60", "--"], "none of the later ones above 59"],
    [["--time", "1-24", "--"], "minutes"],
    [["--time", "10", "--notice", "600", "--"], "--notice 600 is not less than --time 10, which is 600 seconds"],
    [["--time", "0:30", "--notice", "60", "--"], "which is 60 seconds"],
    [["--time", "1:00:00", "--notice", "3600", "--"], "which is 3600 seconds"],
    [["--time", "18:12:00", "--notice", "65535", "--"], "which is 65520 seconds"],
    [["--sbatch", "time=5", "--notice", "300", "--"], "--notice 300 is not less than --sbatch time=5, which is 300"],
    [["--notice", "70000", "--"], "65535 at most"],
    [["--report", "lost/r.html", "--"], "lost/r.html"],
    [["--report", "package.json/r.html", "--"], "package.json/r.html"],
    [["--report", "r.txt", "--"], "must end in .html"],
    [["--report", "-", "--"], "would go to a job's log"],
    [["--setup", 'echo "hi', "--"], "--setup is nothing that bash can do: unexpected EOF while looking for matching"],
    [["--setup", "if true; then", "--"], "unexpected end of file"],
    [["--setup", "cat <<END", "--"], "here-document"],
    [["--setup", "module load node", "--setup", "fi", "--"], "near unexpected token `fi'"],
    [["--mem", "1 G", "--"], "without spaces"],
    [["--sbatch", "array=1-3", "--"], "set by simvlm"],
    [["--sbatch", "comment=a b", "--"], "must look like"],
  ])("%j", async (words, said) => {
    const { code, stderr } = await runCli("submit", "slurm", ...words);
    expect(code).toBe(2);
    expect(stderr).toContain(said);
  });

  test("--shard, which each task is given", async () => {
    const { code, stderr } = await runCli("submit", "slurm", "--shards", "2", "--", ...run("o"), "--shard", "1/2");
    expect([code, stderr]).toEqual([2, expect.stringContaining("say --shards")]);
  });

  test("what sbatch refuses is told in its words, and nothing counts as handed in", async () => {
    slurm.answer("sbatch", "echo 'sbatch: error: invalid partition specified: gold' >&2; exit 1");
    const { code, stderr } = submit("--shards", "2", "--partition", "gold", "--", ...run(scratch.at("out")));
    expect([code, stderr]).toEqual([2, expect.stringContaining("invalid partition specified: gold")]);
    expect((await runCli("status", scratch.at("out"))).stdout).toContain("2 not begun");
  });

  test.each([
    [["--time", "0"], 60],
    [["--time", "0:00", "--notice", "900"], 900],
    [["--time", "10", "--notice", "599"], 599],
    [["--time", "1", "--sbatch", "time=2"], 40],
    [["--time", "0-00:02"], 40],
    [["--setup", "shopt -s extglob", "--setup", "rm -f !(a)"], 60],
    [["--setup", "if true; then", "--setup", "true; fi"], 60],
  ])("%j is taken, with a notice of %i seconds", async (options, notice) => {
    const { stdout } = await runCli("submit", "slurm", "--dry-run", ...options, "--", ...run("o"));
    expect(stdout).toContain(`#SBATCH --signal=B:USR2@${notice}\n`);
  });

  test("more tasks than the cluster's arrays may have", () => {
    slurm.answer("scontrol", "printf 'MaxArraySize            = 11\\nMaxDBDMsgs  = 20000\\n'");
    const out = scratch.at("out");
    const many = submit("--shards", "11", "--", ...run(out));
    expect([many.code, many.stderr]).toEqual([
      2,
      expect.stringContaining("These are 11 tasks, and an array of this cluster may have 10"),
    ]);
    expect(existsSync(out)).toBe(false);
    expect(submit("--dry-run", "--shards", "11", "--", ...run(out))).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("note: These are 11 tasks"),
    });
    expect(submit("--shards", "10", "--", ...run(out)).code).toBe(0);
  });

  test("machines without Slurm are told so", () => {
    const none = { ...slurm.environment, PATH: "/nowhere" };
    const words = ["submit", "slurm", "--shards", "2", "--", ...run(scratch.at("out"))];
    const { status, stderr } = spawnSync(process.execPath, [BINARY, ...words], {
      cwd: project,
      encoding: "utf8",
      env: none,
    });
    expect([status, stderr]).toEqual([2, expect.stringContaining("There is no program sbatch here")]);
  });
});
