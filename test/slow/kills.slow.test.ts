import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { runCli, Scratch } from "../harness/cli/run-cli.js";
import { writeFreshCheckpoint, writeToybox } from "../harness/training/small-world.js";
import { fillAndContinue, killAndContinue, type Writer } from "./kills/kill-trials.js";

const scratch = new Scratch();
const REFERENCES = "fixtures/nocaps/annotations.json";
const THEIRS = "fixtures/nocaps/predictions-zero-shot.json";
const world = { toybox: "", checkpoint: "", runs: scratch.at("runs"), earlier: scratch.at("earlier") };
/** Ratings of two captions of each of two pictures, and what these pictures show. */
const RATINGS = scratch.write(
  "ratings.csv",
  `image,caption,rating\n${["a dog runs", "the red house"].flatMap((caption, image) => [`${image},${caption} here,4`, `${image},nothing,1`]).join("\n")}\n`,
);
const RATED = scratch.write("rated.json", [
  { image_id: 0, caption: "a dog runs" },
  { image_id: 1, caption: "the red house" },
]);

beforeAll(async () => {
  world.toybox = await writeToybox(scratch, ["captions", "nocaps", "web", "text"], 4);
  world.checkpoint = await writeFreshCheckpoint(scratch, ["fixtures/tokenizer/captions.txt"]);
  mkdirSync(world.earlier);
  writeFileSync(join(world.earlier, "out.json"), "what was there before\n");
  const caption = [
    "run",
    "--task",
    "caption",
    "--data",
    join(world.toybox, "nocaps"),
    "--checkpoint",
    world.checkpoint,
  ];
  for (const [name, more] of [
    ["greedy", ["--greedy"]],
    ["beam", ["--beam", "2"]],
    ["part-1", ["--greedy", "--shard", "1/2"]],
    ["part-2", ["--greedy", "--shard", "2/2"]],
  ] as const) {
    const { code, stderr } = await runCli(...caption, ...more, "--out", join(world.runs, name));
    expect(code, stderr).toBe(0);
  }
});

const inRuns = (...names: string[]) => names.map((name) => join(world.runs, name));
const firstExample = () =>
  (JSON.parse(readFileSync(join(world.runs, "greedy/predictions.jsonl"), "utf8").split("\n")[0]!) as { id: string }).id;
const picture = () => {
  const folder = join(world.toybox, "nocaps/images/test");
  return join(folder, readdirSync(folder).sort()[0]!);
};

const WRITERS: readonly (Omit<Writer, "before"> & { readonly overwrites?: true })[] = [
  {
    name: "score --json --per-example",
    command: (out) => [
      ...["score", "--task", "caption", "--references", REFERENCES, "--predictions", THEIRS],
      ...["--json", join(out, "out.json"), "--per-example", join(out, "examples.jsonl")],
    ],
    overwrites: true,
  },
  {
    name: "compare --json",
    command: (out) => ["compare", ...inRuns("greedy", "beam"), "--json", join(out, "out.json")],
  },
  { name: "diff --json", command: (out) => ["diff", ...inRuns("greedy", "beam"), "--json", join(out, "out.json")] },
  { name: "report", command: (out) => ["report", ...inRuns("greedy", "beam"), "--out", join(out, "page.html")] },
  {
    name: "explain --out --json",
    command: (out) => [
      ...["explain", ...inRuns("greedy"), "--example", firstExample(), "--metrics", "bleu,cider"],
      ...["--out", join(out, "page.html"), "--json", join(out, "out.json")],
    ],
    overwrites: true,
  },
  {
    name: "submission",
    command: (out) => ["submission", ...inRuns("greedy"), "--out", join(out, "out.json")],
    overwrites: true,
  },
  {
    name: "diversity --json",
    command: (out) => ["diversity", ...inRuns("greedy", "beam"), "--json", join(out, "out.json")],
    overwrites: true,
  },
  {
    name: "agreement --json",
    command: (out) => [
      ...["agreement", RATINGS, "--references", RATED, "--metrics", "rouge", "--resamples", "50"],
      ...["--json", join(out, "out.json")],
    ],
    overwrites: true,
  },
  {
    name: "score --junit --summary",
    command: (out) => [
      ...["score", "--task", "caption", "--references", REFERENCES, "--predictions", THEIRS, "--min", "CIDEr=0.1"],
      ...["--junit", join(out, "junit.xml"), "--summary", join(out, "summary.md")],
    ],
  },
  {
    name: "attend",
    command: (out) => ["attend", picture(), "--checkpoint", world.checkpoint, "--out", join(out, "map.svg")],
  },
  {
    name: "tokenizer train",
    command: (out) => [
      ...["tokenizer", "train", "fixtures/tokenizer/captions.txt", "--vocab", "350"],
      ...["--out", join(out, "out.json")],
    ],
    overwrites: true,
  },
  {
    name: "run of a predictions file",
    command: (out) => [
      ...["run", "--task", "caption", "--data", join(world.toybox, "nocaps"), "--out", join(out, "run")],
      ...["--predictions", join(world.runs, "greedy/predictions.jsonl")],
    ],
  },
  {
    name: "run of a model",
    command: (out) => [
      ...["run", "--task", "caption", "--data", join(world.toybox, "captions"), "--checkpoint", world.checkpoint],
      ...["--split", "test", "--out", join(out, "run")],
    ],
  },
  { name: "merge", command: (out) => ["merge", ...inRuns("part-1", "part-2"), "--out", join(out, "whole")] },
  { name: "export", command: (out) => ["export", world.checkpoint, "--out", join(out, "exported")] },
  {
    name: "toybox generate",
    command: (out) => [
      ...["toybox", "generate", "--out", join(out, "box"), "--seed", "3", "--scale", "small", "--limit", "2"],
      ...["--only", "nocaps,multi30k,web", "--split", "test", "--concurrency", "1"],
    ],
  },
  {
    name: "pretrain",
    command: (out) => [
      ...["pretrain", "--pairs-from", join(world.toybox, "web"), "--documents-from", join(world.toybox, "text")],
      ...["--image-size", "32", "--pairs", "3", "--documents", "1", "--prefix-length", "8", "--suffix-length", "8"],
      ...["--steps", "3", "--report-every", "2", "--checkpoint-every", "1", "--threads", "1"],
      ...["--out", join(out, "training")],
    ],
  },
  {
    name: "finetune",
    command: (out) => [
      ...["finetune", "--task", "caption", "--data", join(world.toybox, "captions"), "--steps", "3", "--batch", "2"],
      ...["--checkpoint", world.checkpoint, "--report-every", "2", "--checkpoint-every", "1", "--threads", "1"],
      ...["--out", join(out, "training")],
    ],
  },
  {
    name: "label-curve",
    command: (out) => [
      ...["label-curve", "--checkpoint", world.checkpoint, "--data", join(world.toybox, "captions"), "--threads", "1"],
      ...[
        "--test",
        join(world.toybox, "nocaps"),
        "--labels",
        "2",
        "--steps",
        "1",
        "--batch",
        "2",
        "--out",
        join(out, "curve"),
      ],
    ],
  },
];

/** What lands is killed at every fifth operation: all of them take half an hour. */
const STEP = process.env.CI ? 5 : 1;

test.each(WRITERS)(
  "$name: killed at any of its first 20 operations, the same command ends as if it had not been",
  async (writer) => {
    const folder = scratch.at(writer.name.replaceAll(" ", "-"));
    mkdirSync(folder);
    const before = writer.overwrites && { before: world.earlier };
    const { operations, kills, failures } = killAndContinue(folder, { ...writer, ...before }, 20, 1, STEP);
    console.log(`${writer.name}: ${operations.length} operations, ${kills} kills, ${failures.length} failures`);
    expect(failures).toEqual([]);
  },
);

/** Some of the first operations, and where most commands have done their main work. */
const MOMENTS = process.env.CI ? [2, 9] : [1, 2, 4, 7, 11, 16];

test.each(WRITERS)("$name: a full disk is said, and leaves nothing half-written", (writer) => {
  const folder = scratch.at(`full-${writer.name.replaceAll(" ", "-")}`);
  mkdirSync(folder);
  const before = writer.overwrites && { before: world.earlier };
  const { kills, failures } = fillAndContinue(folder, { ...writer, ...before }, MOMENTS);
  console.log(`${writer.name}: ${kills} full disks, ${failures.length} failures`);
  expect(failures).toEqual([]);
});
