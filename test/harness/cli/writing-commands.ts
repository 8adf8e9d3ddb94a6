import { CAPTIONS, makeRun, writeCaptionData } from "../compare/runs.js";
import { writeFreshCheckpoint, writeToybox } from "../training/small-world.js";
import { code, notebook } from "./notebook-files.js";
import { Scratch } from "./run-cli.js";

/** A command that writes: its words, given the name of its output. */
export type WritingCommand = readonly [name: string, words: (out: string) => string[], output: "file" | "folder"];

/** Every command that writes, on small inputs of their own. */
export async function prepareCommands(scratch: Scratch): Promise<WritingCommand[]> {
  writeCaptionData(scratch, { facts: true });
  for (const name of ["good", "bad"]) {
    await makeRun(scratch, name, (_, place) => CAPTIONS[(place + (name === "bad" ? 1 : 0)) % CAPTIONS.length]);
  }
  const other = new Scratch(); // shards are of one name
  writeCaptionData(other, { facts: true });
  await makeRun(scratch, "shard", (_, place) => CAPTIONS[place], { shard: { index: 1, of: 2 } });
  await makeRun(other, "shard", (_, place) => CAPTIONS[place], { shard: { index: 2, of: 2 } });
  const checkpoint = await writeFreshCheckpoint(scratch, ["fixtures/tokenizer/captions.txt"]);
  const toybox = await writeToybox(scratch, ["captions", "web", "nocaps"], 6);
  const cells = scratch.write("cells.ipynb", notebook(code("1 + 1")));
  const [good, bad] = [scratch.at("good"), scratch.at("bad")];
  const scoring = ["--references", "fixtures/nocaps/annotations.json"];
  const predictions = "fixtures/nocaps/predictions-zero-shot.json";
  const score = ["score", "--task", "caption", ...scoring, "--predictions", predictions, "--metrics", "bleu"];
  const labels = ["--checkpoint", checkpoint, "--data", `${toybox}/captions`];
  const caption = ["--task", "caption", "--data", scratch.at("data")];
  return [
    ["score --json", (out) => [...score, "--json", out], "file"],
    ["score --per-example", (out) => [...score, "--per-example", out], "file"],
    ["compare", (out) => ["compare", good, bad, "--resamples", "20", "--json", out], "file"],
    ["diff", (out) => ["diff", good, bad, "--json", out], "file"],
    ["report", (out) => ["report", good, "--resamples", "20", "--out", out], "file"],
    ["attend", (out) => ["attend", "fixtures/images/beach.jpg", "--out", out, "--max-length", "3"], "file"],
    [
      "tokenizer train",
      (out) => ["tokenizer", "train", "fixtures/tokenizer/captions.txt", "--vocab", "350", "--out", out],
      "file",
    ],
    ["run", (out) => ["run", ...caption, "--predictions", `${good}/predictions.jsonl`, "--out", out], "folder"],
    ["merge", (out) => ["merge", scratch.at("shard"), other.at("shard"), "--out", out], "folder"],
    ["export", (out) => ["export", checkpoint, "--out", out, "--max-length", "4"], "folder"],
    [
      "pretrain",
      (out) => [
        "pretrain",
        "--pairs-from",
        `${toybox}/web`,
        "--checkpoint",
        checkpoint,
        "--pairs",
        "2",
        "--documents",
        "0",
        "--steps",
        "1",
        "--out",
        out,
      ],
      "folder",
    ],
    [
      "finetune",
      (out) => ["finetune", "--task", "caption", ...labels, "--batch", "2", "--steps", "1", "--out", out],
      "folder",
    ],
    [
      "label-curve",
      (out) => [
        "label-curve",
        ...labels,
        "--test",
        `${toybox}/nocaps`,
        "--labels",
        "2",
        "--steps",
        "1",
        "--batch",
        "2",
        "--limit",
        "2",
        "--out",
        out,
      ],
      "folder",
    ],
    [
      "toybox generate",
      (out) => [
        "toybox",
        "generate",
        "--seed",
        "1",
        "--scale",
        "small",
        "--only",
        "captions",
        "--limit",
        "2",
        "--out",
        out,
      ],
      "folder",
    ],
    ["notebook run", (out) => ["notebook", "run", cells, "--out", out], "folder"],
    ["kernel install", (out) => ["kernel", "install", "--prefix", out], "folder"],
  ];
}
