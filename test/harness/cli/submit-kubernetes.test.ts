import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { CAPTIONS, writeCaptions } from "../runs/world.js";
import { BINARY, project, runCli, Scratch } from "./run-cli.js";

const Schema = z.fromJSONSchema(JSON.parse(readFileSync("fixtures/kubernetes/job-1.37.json", "utf8")));

/** What these tests look at. */
interface Job {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly completionMode?: string;
    readonly completions?: number;
    readonly parallelism?: number;
    readonly backoffLimitPerIndex?: number;
    readonly podFailurePolicy: { readonly rules: readonly object[] };
    readonly template: { readonly spec: { readonly restartPolicy: string; readonly containers: readonly [Container] } };
  };
}

interface Container {
  readonly command: readonly string[];
  readonly args?: readonly string[];
  readonly resources?: object;
}

const SOURCE = ["run", "--task", "caption", "--data", "data", "--predictions", "said.json"];
const GIVEN = ["--image", "registry.example/simvlm:1", "--claim", "shared"];

async function print(...words: string[]): Promise<Job[]> {
  const { code, stdout, stderr } = await runCli("submit", "kubernetes", ...GIVEN, ...words);
  expect([code, stderr]).toEqual([0, ""]);
  const documents = parseAllDocuments(stdout);
  return documents.map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS();
  });
}

const problems = (job: unknown): unknown[] => Schema.safeParse(job).error?.issues ?? [];

describe("the jobs", () => {
  test("are what Kubernetes publishes that they may be", async () => {
    const options = ["--cpu", "500m", "--memory", "8Gi", "--gpus", "1", "--secret", "keys", "--namespace", "vision"];
    const jobs = await print(
      ...options,
      "--shards",
      "8",
      "--report",
      "r.html",
      "--",
      ...SOURCE,
      "--out",
      "runs/Base 1",
    );
    expect(jobs.map(({ metadata }) => metadata.name)).toEqual(["base-1", "base-1-merge"]);
    for (const job of jobs) expect(problems(job)).toEqual([]);
    const [own, merging] = jobs.map(({ spec }) => spec.template.spec.containers[0].resources);
    expect(own).toMatchObject({ limits: { cpu: "500m", memory: "8Gi" } });
    expect(merging).toEqual(own);
    // The schema can be failed.
    const [tasks] = jobs;
    expect(problems({ ...tasks, spec: { ...tasks!.spec, backofLimitPerIndex: 3 } })).not.toEqual([]);
    expect(problems({ ...tasks, spec: { ...tasks!.spec, completions: "8" } })).not.toEqual([]);
  });

  test("have an index for each shard, which the user's mistake ends for good, and what was stopped does not", async () => {
    const [tasks, merging] = await print(
      "--shards",
      "8",
      "--at-most",
      "3",
      "--retries",
      "5",
      "--",
      ...SOURCE,
      "--out",
      "o",
    );
    expect(tasks!.spec).toMatchObject({
      completionMode: "Indexed",
      completions: 8,
      parallelism: 3,
      backoffLimitPerIndex: 5,
      podFailurePolicy: {
        rules: [
          { action: "FailIndex", onExitCodes: { operator: "In", values: [2] } },
          { action: "Ignore", onExitCodes: { operator: "In", values: [75] } },
          { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
        ],
      },
    });
    expect(merging!.spec.podFailurePolicy.rules).toEqual([
      { action: "FailJob", onExitCodes: { operator: "In", values: [2] } },
      ...tasks!.spec.podFailurePolicy.rules.slice(1),
    ]);
    // No schema says so: a pod failure policy wants it.
    for (const job of [tasks, merging]) expect(job!.spec.template.spec.restartPolicy).toBe("Never");
  });

  test("a training is one index, and nothing is merged", async () => {
    const jobs = await print("--", "pretrain", "--pairs-from", "web", "--steps", "9", "--out", "runs/t");
    expect(jobs).toHaveLength(1);
    expect(jobs[0]!.spec.template.spec.containers[0].command[2]).toContain('simvlm pretrain "$@" --out "$out" &\n');
  });
});

test("a study has an index for each cell, and a job that waits for all cells", async () => {
  const study = ["ablate", "examples/study/recipe.json", "--data", "data", "--out", "s"];
  const [tasks, merging] = await print("--", ...study);
  for (const job of [tasks, merging]) expect(problems(job)).toEqual([]);
  const { seeds, variants } = JSON.parse(readFileSync("examples/study/recipe.json", "utf8"));
  const cells = seeds.length * variants.length;
  expect(tasks!.spec.completions).toBe(cells);
  const script = (job: Job) => job.spec.template.spec.containers[0].command[2];
  expect(script(tasks!)).toContain(`--shard "$shard/${cells}" --out "$out" &\n`);
  expect(script(merging!)).toContain(`cells/${variants[0].name}/seed-${seeds[0]}.json `);
  expect(script(merging!)).toContain("simvlm ablate examples/study/recipe.json --data data --out s\n");
});

test("what SPICE judges has an index for each share, and a job that scores when all are judged", async () => {
  const files = ["--references", "r.json", "--predictions", "p.json", "--metrics", "spice,cider"];
  const score = ["score", "--task", "caption", ...files, "--judgements", "judged", "--ci", "--json", "s.json"];
  const [tasks, merging] = await print("--shards", "3", "--", ...score);
  for (const job of [tasks, merging]) expect(problems(job)).toEqual([]);
  expect(tasks!.spec.completions).toBe(3);
  const { command, args } = tasks!.spec.template.spec.containers[0];
  expect(command[2]).toContain('simvlm score "$@" --shard "$shard/3" --judgements "$out" &\n');
  expect(args).toEqual(["judged", "--task", "caption", ...files]);
  const script = merging!.spec.template.spec.containers[0].command[2];
  expect(script).toContain("for file in shards/1/seal.json shards/2/seal.json shards/3/seal.json; do ");
  expect(script).toContain(
    `simvlm ${[...score.slice(0, 9), "--ci", "--json", "s.json"].join(" ")} --judgements judged\n`,
  );
});

test.each(["while it waits for shards", "while it merges"])(
  "the job that merges ends at once at TERM, %s",
  async (when) => {
    const scratch = new Scratch();
    const [, merging] = await print("--shards", "2", "--", ...SOURCE, "--out", "o");
    mkdirSync(scratch.at("bin"));
    const program = "#!/bin/bash\ntrap 'touch told; exit 75' TERM\necho begun\nwhile :; do sleep 0.1; done\n";
    chmodSync(scratch.write("bin/simvlm", program), 0o755);
    chmodSync(scratch.write("bin/sleep", "#!/bin/sh\n[ $1 = 0.1 ] || echo begun\nexec /bin/sleep $1\n"), 0o755);
    const isMerging = when === "while it merges";
    const time = /jobs\/(\w+)"/.exec(merging!.spec.template.spec.containers[0].command[2]!)![1];
    for (const shard of isMerging ? [1, 2] : []) {
      mkdirSync(scratch.at(`o/shards/${shard}`), { recursive: true });
      scratch.write(`o/shards/${shard}/seal.json`, {});
      mkdirSync(scratch.at(`o/jobs/${time}`), { recursive: true });
      scratch.write(`o/jobs/${time}/${shard}`, "0\n");
    }
    const [shell, ...words] = merging!.spec.template.spec.containers[0].command.map((word) => expand(word, {}));
    const env = { ...process.env, PATH: `${scratch.at("bin")}${delimiter}${process.env.PATH}` };
    const child = spawn(shell!, words, { cwd: scratch.path, env });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    child.kill("SIGTERM");
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(75);
    expect(existsSync(scratch.at("told"))).toBe(isMerging);
  },
);

/** As Kubernetes fills in the words of a container, from its documentation: `$(NAME)`, and `$$` for `$`. */
function expand(text: string, environment: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (found, name?: string) =>
    found === "$$" ? "$" : (environment[name ?? ""] ?? found),
  );
}

/** A folder like the volume, with captions and `simvlm` on the path. */
function openVolume(): Scratch {
  const scratch = new Scratch();
  writeCaptions(scratch);
  scratch.write(
    "said.json",
    CAPTIONS.map((caption, i) => ({ image_id: 101 + i, caption })),
  );
  mkdirSync(scratch.at("bin"));
  const program = `#!/bin/sh\nexec "${process.execPath}" "${join(project, BINARY)}" "$@"\n`;
  chmodSync(scratch.write("bin/simvlm", program), 0o755);
  return scratch;
}

/** Does what a job's container does, to its end. */
function start(scratch: Scratch, { spec }: Job, index?: number) {
  const { command, args = [] } = spec.template.spec.containers[0];
  const environment: Record<string, string> = index === undefined ? {} : { JOB_COMPLETION_INDEX: `${index}` };
  const [shell, ...words] = [...command, ...args].map((word) => expand(word, { HOME: "/root", ...environment }));
  const env = { ...process.env, PATH: `${scratch.at("bin")}${delimiter}${process.env.PATH}`, ...environment };
  return spawnSync(shell!, words, { cwd: scratch.path, encoding: "utf8", env });
}

test("the containers' command lines make the run that one machine makes", async () => {
  const scratch = openVolume();
  const out = "a run's $(HOME) of $$5 \\ %x";
  const [tasks, merging] = await print(
    "--name",
    "odd",
    "--shards",
    "2",
    "--",
    ...SOURCE,
    "--out",
    out,
    "--metrics",
    "bleu",
  );
  for (const index of [0, 1]) expect(start(scratch, tasks!, index)).toMatchObject({ status: 0, stderr: "" });
  expect(start(scratch, merging!)).toMatchObject({ status: 0, stderr: "" });
  const [data, said] = [scratch.at("data"), scratch.at("said.json")];
  const alone = ["run", "--task", "caption", "--data", data, "--predictions", said, "--metrics", "bleu"];
  expect((await runCli(...alone, "--out", scratch.at("alone"))).code).toBe(0);
  for (const name of ["predictions.jsonl", "scores.json"]) {
    expect(readFileSync(join(scratch.at(out), name), "utf8")).toBe(readFileSync(scratch.at(`alone/${name}`), "utf8"));
  }
  const { stdout } = await runCli("status", scratch.at(out));
  expect(stdout).toContain("2 done; all is there.");
});

test("what an earlier attempt left is not merged before its shards have been tried again", async () => {
  const scratch = openVolume();
  const words = ["--shards", "2", "--", ...SOURCE, "--out", "o", "--metrics", "bleu"];
  const [tasks] = await print(...words);
  for (const index of [0, 1]) expect(start(scratch, tasks!, index).status).toBe(0);
  chmodSync(scratch.write("bin/sleep", "#!/bin/sh\nexit 9\n"), 0o755);
  await new Promise((resolve) => setTimeout(resolve, 1100)); // another second
  const [again, merging] = await print(...words);
  const program = readFileSync(scratch.at("bin/simvlm"), "utf8");
  chmodSync(scratch.write("bin/simvlm", "#!/bin/sh\nexit 2\n"), 0o755);
  expect(start(scratch, again!, 1).status).toBe(2);
  chmodSync(scratch.write("bin/simvlm", program), 0o755);
  const refused = start(scratch, merging!);
  expect([refused.status, refused.stderr]).toEqual([2, "simvlm: shard 2 of o was refused: its pod's log says why\n"]);
  expect(existsSync(scratch.at("o/scores.json"))).toBe(false);
  for (const index of [0, 1]) expect(start(scratch, again!, index).status).toBe(0);
  expect(start(scratch, merging!).status).toBe(0);
});

test("an index ends as its command does, which it tells of TERM", async () => {
  const scratch = openVolume();
  const [tasks] = await print("--shards", "2", "--", ...SOURCE, "--out", "o");
  const program = "#!/bin/bash\ntrap 'touch told; exit 75' TERM\necho begun\nwhile :; do sleep 0.1; done\n";
  chmodSync(scratch.write("bin/simvlm", program), 0o755);
  const { command, args = [] } = tasks!.spec.template.spec.containers[0];
  const [shell, ...words] = [...command, ...args].map((word) => expand(word, {}));
  const env = {
    ...process.env,
    PATH: `${scratch.at("bin")}${delimiter}${process.env.PATH}`,
    JOB_COMPLETION_INDEX: "1",
  };
  const child = spawn(shell!, words, { cwd: scratch.path, env });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  child.kill("SIGTERM");
  expect(await new Promise((resolve) => child.on("close", resolve))).toBe(75);
  expect([existsSync(scratch.at("told")), existsSync(scratch.at("o/jobs"))]).toEqual([true, false]);
});

test("with several values each shard of each run has an index, and one job merges all", async () => {
  const scratch = openVolume();
  const others = "it's $(HOME).json";
  scratch.write(
    others,
    CAPTIONS.map((_, i) => ({ image_id: 101 + i, caption: "a dog" })),
  );
  const run = ["run", "--task", "caption", "--data", "data"];
  const matrix = ["--matrix", `predictions=said.json,${others}`, "--shards", "2"];
  const [tasks, merging] = await print(
    ...matrix,
    "--report",
    "r.html",
    "--",
    ...run,
    "--out",
    "o",
    "--metrics",
    "bleu",
  );
  for (const job of [tasks, merging]) expect(problems(job)).toEqual([]);
  expect(tasks!.spec).toMatchObject({ completions: 4, parallelism: 4 });
  for (const index of [0, 1, 2, 3]) expect(start(scratch, tasks!, index)).toMatchObject({ status: 0, stderr: "" });
  expect(start(scratch, merging!)).toMatchObject({ status: 0 });
  const folders = readdirSync(scratch.at("o")).sort();
  expect(folders).toHaveLength(2);
  const scores = folders.map((name) => readFileSync(scratch.at(`o/${name}/scores.json`), "utf8"));
  for (const predictions of ["said.json", others]) {
    const alone = [...run.slice(0, -1), scratch.at("data"), "--predictions", scratch.at(predictions)];
    const out = scratch.at(`alone-${predictions.length}`);
    expect((await runCli(...alone, "--metrics", "bleu", "--out", out)).code).toBe(0);
    expect(scores).toContain(readFileSync(join(out, "scores.json"), "utf8"));
  }
  expect(existsSync(scratch.at("r.html"))).toBe(true);
});

test("trainings with several values have an index each, and nothing follows them", async () => {
  const jobs = await print(
    "--array",
    "seed=1..3",
    "--",
    "pretrain",
    "--pairs-from",
    "web",
    "--steps",
    "9",
    "--out",
    "t",
  );
  expect(jobs).toHaveLength(1);
  expect(jobs[0]!.spec.completions).toBe(3);
  const { command, args } = jobs[0]!.spec.template.spec.containers[0];
  expect(args).toEqual(["--pairs-from", "web", "--steps", "9"]);
  expect(command[2]).toContain('  1) out=t/seed=2; set -- "$@" --seed 2 ;;');
});

test.each([
  ["runs/ÜBER", "uber"],
  ["runs/Base 1.5_x", "base-1-5-x"],
  ["runs/Größe", expect.stringMatching(/^gro-e-[\da-f]{6}$/)],
  ["runs/模型-v1", expect.stringMatching(/^v1-[\da-f]{6}$/)],
  ["runs/数据", expect.stringMatching(/^run-[\da-f]{6}$/)],
  [`runs/${"ab-".repeat(40)}`, `${"ab-".repeat(16)}ab`],
])("jobs of %s are called %j", async (out, name) => {
  const [tasks] = await print("--", ...SOURCE, "--out", out);
  expect(tasks!.metadata.name).toEqual(name);
  expect(problems(tasks)).toEqual([]);
});

test("two folders whose names have nothing in common but what Kubernetes can write are two jobs", async () => {
  const nameOf = async (out: string) => (await print("--", ...SOURCE, "--out", out))[0]!.metadata.name;
  expect(await nameOf("模型-v1")).not.toBe(await nameOf("数据-v1"));
});

test("claims and secrets may have dots in their names", async () => {
  const options = [
    "--image",
    "i",
    "--claim",
    "data.vision.example",
    "--secret",
    "keys.v2",
    "--",
    ...SOURCE,
    "--out",
    "o",
  ];
  const { code, stdout } = await runCli("submit", "kubernetes", ...options);
  expect(code).toBe(0);
  expect(stdout).toMatch(/claimName: data\.vision\.example\n/);
  expect(stdout).toMatch(/name: keys\.v2\n/);
});

test.each(["/", "/usr", "/opt/simvlm", "/usr/../etc/"])("a volume at %s would hide the image", async (mount) => {
  const { code, stderr } = await runCli(
    "submit",
    "kubernetes",
    ...GIVEN,
    "--mount",
    mount,
    "--",
    ...SOURCE,
    "--out",
    "o",
  );
  expect([code, stderr]).toEqual([2, expect.stringContaining("hide what the image has there")]);
});

describe("what lies outside the volume would be lost with a pod", () => {
  const training = ["pretrain", "--steps", "1"];
  const scoring = ["score", "--task", "caption", "--metrics", "spice", "--references", "r", "--predictions", "p"];
  const shares = ["--shards", "2", "--"];
  test.each([
    [["--", ...SOURCE, "--out", "/runs/base"], "--out /runs/base"],
    [["--", ...SOURCE, "--out=/runs/base"], "--out /runs/base"],
    [["--", ...SOURCE, "--out", "runs/../../base"], "--out runs/../../base"],
    [["--mount", "/data/", "--", ...SOURCE, "--out", "/data-base"], "--out /data-base"],
    [["--", "run", "--task", "caption", "--data", "/coco", "--predictions", "p", "--out", "o"], "--data /coco"],
    [
      ["--", "run", "--task", "caption", "--data", "d", "--checkpoint", "../base", "--out", "o"],
      "--checkpoint ../base",
    ],
    [["--report", "/r.html", "--", ...SOURCE, "--out", "o"], "--report /r.html"],
    [["--", ...training, "--pairs-from", "w::/laion/{0..3}.tar", "--out", "o"], "--pairs-from /laion/{0..3}.tar"],
    [["--", ...training, "--pairs-from", "w", "--out", "/o"], "--out /o"],
    [
      ["--", "finetune", "--task", "vqa", "--data", "d", "--steps", "1", "--checkpoint", "/c", "--out", "o"],
      "--checkpoint /c",
    ],
    [
      ["--", "label-curve", "--checkpoint", "c", "--data", "d", "--test", "/t", "--steps", "1", "--out", "o"],
      "--test /t",
    ],
    [["--", "ablate", "examples/study/recipe.json", "--data", "/d", "--out", "s"], "--data /d"],
    [[...shares, ...scoring, "--judgements", "/j", "--json", "s.json"], "--judgements /j"],
    [[...shares, ...scoring, "--judgements", "j", "--json", "/s.json"], "--json /s.json"],
  ])("%j", async (words, said) => {
    const { code, stdout, stderr } = await runCli("submit", "kubernetes", ...GIVEN, ...words);
    expect([code, stdout, stderr]).toEqual([2, "", expect.stringContaining(`${said} is not on the volume`)]);
  });

  test("what is below it, a model's name, addresses and packages are taken", async () => {
    for (const words of [
      ["run", "--task", "caption", "--data", "/vol/d", "--checkpoint", "microsoft/git-base", "--out", "/vol/o"],
      [
        ...["run", "--task", "caption", "--data", "d", "--endpoint", "https://h.example/v1", "--model", "m"],
        ...["--header", "X-Team: vision", "--out", "o"],
      ],
      ["run", "--task", "caption", "--data", "./d/../e", "--checkpoint", "c", "--out", "o"],
      [...training, "--pairs-from", "s3://bucket/{0..3}.tar::https://h.example/a.tar::w", "--out", "o"],
    ]) {
      expect((await runCli("submit", "kubernetes", ...GIVEN, "--mount", "/vol", "--", ...words)).stderr).toBe("");
    }
    const scored = [...scoring, "--judgements", "j", "--json", "s.json"];
    expect((await runCli("submit", "kubernetes", ...GIVEN, ...shares, ...scored)).code).toBe(0);
  });
});

test("where the volume can be seen, a report that could not be written is refused", () => {
  const scratch = new Scratch();
  const mount = ["--mount", scratch.path, "--report"];
  const ask = (cwd: string, report: string) => {
    const words = [BINARY, "submit", "kubernetes", ...GIVEN, ...mount, report, "--", ...SOURCE, "--out", "o"];
    return spawnSync(process.execPath, [join(project, words[0]!), ...words.slice(1)], { cwd, encoding: "utf8" });
  };
  const refused = ask(scratch.path, "lost/r.html");
  expect([refused.status, refused.stdout, refused.stderr]).toEqual([2, "", expect.stringContaining("lost/r.html")]);
  expect(ask(scratch.path, "r.html")).toMatchObject({ status: 0, stderr: "" });
  expect(ask(project, "lost/r.html")).toMatchObject({ status: 0, stderr: "" });
});

test.each([
  [["--claim", "Shared", "--"], "small letters"],
  [["--claim", "a..b", "--"], "small letters"],
  [["--name", "a.b", "--"], "small letters"],
  [["--image", "a b", "--"], "must be a word"],
  [["--mount", "work", "--"], "absolute path"],
  [["--memory", "8 GB", "--"], "quantity of Kubernetes"],
  [["--", ...SOURCE, "--out", "…"], "give them another --name"],
  [["--", "scrub"], 'It is not "scrub"'],
])("%j is refused", async (words, said) => {
  const { code, stderr } = await runCli("submit", "kubernetes", ...GIVEN, ...words);
  expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
});
