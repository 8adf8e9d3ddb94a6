import { mkdirSync } from "node:fs";
import { expect, test } from "vitest";
import { generateToybox } from "../../../harness/toybox/generate.js";
import { runCli, Scratch } from "./run-cli.js";

interface Report {
  scores: Record<string, unknown>;
  signatures: Record<string, string>;
}

const CAPTIONS = {
  images: [1, 2].map((id) => ({ id, file_name: `COCO_val2014_00000000000${id}.jpg` })),
  annotations: [
    { image_id: 1, caption: "A puppy on a sofa" },
    { image_id: 2, caption: "A street" },
  ],
};
const INSTANCES = {
  images: CAPTIONS.images,
  annotations: [
    { id: 1, image_id: 1, category_id: 63, segmentation: [[1, 2]], iscrowd: 0 },
    { id: 2, image_id: 2, category_id: 6 },
  ],
  categories: [
    { id: 6, name: "bus", supercategory: "vehicle" },
    { id: 63, name: "couch", supercategory: "furniture" },
  ],
};
const GOOD = [
  { image_id: 1, caption: "a dog on a couch" },
  { image_id: 2, caption: "buses and a car" },
];
const BAD = [
  { image_id: 1, caption: "a cat on a couch" },
  { image_id: 2, caption: "a man" },
];

function writeCoco() {
  const scratch = new Scratch();
  mkdirSync(scratch.at("data"));
  const at = {
    references: scratch.write("data/captions_val2014.json", CAPTIONS),
    instances: scratch.write("data/instances_val2014.json", INSTANCES),
    good: scratch.write("good.json", GOOD),
    bad: scratch.write("bad.json", BAD),
  };
  return { scratch, at };
}

test("captions are scored by what they make up; each example says which words that are", async () => {
  const { scratch, at } = writeCoco();
  const files = ["--references", at.references, "--instances", at.instances, "--predictions", at.good];
  const told = ["--json", scratch.at("scores.json"), "--per-example", scratch.at("each.jsonl")];
  expect(await runCli("score", "--task", "chair", ...files, ...told)).toMatchObject({ code: 0, stderr: "" });
  const { scores, signatures } = scratch.readJson<Report>("scores.json");
  expect(scores).toEqual({
    CHAIRs: 0.5,
    CHAIRi: 0.25,
    object_precision: 0.75,
    object_recall: 1,
    hallucinated: { car: 1 },
  });
  expect(signatures.CHAIR).toContain("CHAIR|dialect:official|synonyms:simvlm-coco|");
  const { stdout } = await runCli("score", "--task", "chair", ...files, "--per-example", "-", "--explain");
  const second = JSON.parse(stdout.split("\n")[1]!) as { explained: { CHAIR: { parts: [{ marks: unknown }] } } };
  expect(second.explained.CHAIR.parts[0].marks).toMatchObject([
    { verdict: "right", note: "bus" },
    { verdict: "wrong", note: "car: not there" },
  ]);
});

test("lmms-eval's way of counting is chosen by name, by runs and comparisons too", async () => {
  const { scratch, at } = writeCoco();
  const men = scratch.write("men.json", [
    { image_id: 1, caption: "a puppy and two men" },
    { image_id: 2, caption: "a bus, someone seated" },
  ]);
  const files = ["--references", at.references, "--instances", at.instances, "--predictions", men];
  const json = scratch.at("scores.json");
  const score = (metrics: string) =>
    runCli("score", "--task", "chair", ...files, "--metrics", metrics, "--json", json, "--ci", "--resamples", "20");
  expect(await score("chair-lmms-eval")).toMatchObject({ code: 0, stderr: "" });
  expect(scratch.readJson<Report>("scores.json")).toMatchObject({
    scores: { CHAIRs: 50, hallucinated: { chair: 1 } },
    signatures: { "CHAIR-lmms-eval": expect.stringContaining("CHAIR|dialect:lmms-eval|synonyms:simvlm-coco|") },
  });
  await score("chair");
  expect(scratch.readJson<Report>("scores.json").scores).toMatchObject({ CHAIRs: 0.5, hallucinated: { person: 1 } });
  const all = await score("all");
  expect(all.stderr).toContain("not scored with chair-lmms-eval: The metrics chair and chair-lmms-eval both give");
  const asked = ["--task", "chair", "--data", scratch.at("data"), "--split", "val2014", "--metrics", "chair-lmms-eval"];
  for (const name of ["first", "second"]) {
    const run = await runCli("run", ...asked, "--predictions", men, "--out", scratch.at(name));
    expect(run.code, run.stderr).toBe(0);
    expect(await runCli("verify", scratch.at(name))).toMatchObject({ code: 0 });
  }
  const compared = await runCli("compare", scratch.at("first"), scratch.at("second"), "--resamples", "20");
  expect([compared.code, compared.stdout]).toEqual([0, expect.stringContaining("dialect:lmms-eval")]);
  const explained = await runCli("explain", scratch.at("first"), "--example", "2");
  expect([explained.code, explained.stdout]).toEqual([0, expect.stringContaining("chair: not there")]);
});

test("a list of objects of one's own is taken, and named", async () => {
  const { scratch, at } = writeCoco();
  const synonyms = scratch.write("synonyms.txt", "bus\ncouch, sofa\ncat\n");
  const files = ["--references", at.references, "--instances", at.instances, "--predictions", at.bad];
  const json = scratch.at("scores.json");
  const scored = await runCli("score", "--task", "chair", ...files, "--synonyms", synonyms, "--json", json);
  expect(scored).toMatchObject({ code: 0, stderr: "" });
  const { scores, signatures } = scratch.readJson<Report>("scores.json");
  expect(scores).toMatchObject({ CHAIRs: 0.5, CHAIRi: 0.5, hallucinated: { cat: 1 } });
  expect(signatures.CHAIR).toMatch(/synonyms:[0-9a-f]{8}\|/);
});

test("what is missing is told", async () => {
  const { scratch, at } = writeCoco();
  const files = ["--references", at.references, "--predictions", at.good];
  const score = (...more: string[]) => runCli("score", "--task", "chair", ...files, ...more);
  expect(await score()).toMatchObject({ code: 2, stderr: expect.stringContaining("COCO's instances") });
  const other = scratch.write("other.json", { ...INSTANCES, images: [{ id: 1 }], annotations: [] });
  expect(await score("--instances", other)).toMatchObject({ code: 2, stderr: expect.stringContaining("no image 2") });
  const stray = scratch.write("stray.json", { ...INSTANCES, categories: INSTANCES.categories.slice(1) });
  expect(await score("--instances", stray)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("no category 6"),
  });
  const none = await runCli("score", "--task", "caption", ...files, "--instances", at.instances);
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining("only for --task chair") });
});

test("runs on COCO's files are compared, reported and verified", async () => {
  const { scratch, at } = writeCoco();
  for (const name of ["good", "bad"] as const) {
    const asked = ["--task", "chair", "--data", scratch.at("data"), "--split", "val2014", "--predictions", at[name]];
    const run = await runCli("run", ...asked, "--out", scratch.at(name));
    expect(run.code, run.stderr).toBe(0);
    expect(await runCli("verify", scratch.at(name))).toMatchObject({ code: 0 });
  }
  const runs = [scratch.at("good"), scratch.at("bad")];
  const compared = await runCli("compare", ...runs, "--resamples", "100");
  expect(compared.code, compared.stderr).toBe(0);
  expect(compared.stdout).toContain("object_precision");
  const page = scratch.at("report.html");
  expect(await runCli("report", ...runs, "--out", page)).toMatchObject({ code: 0 });
  expect(await runCli("verify", page)).toMatchObject({ code: 0 });
});

test("a Toybox says what its pictures show", async () => {
  const scratch = new Scratch();
  const toybox = scratch.at("toybox");
  const tiny = { seed: 5, scale: "small", only: ["captions"], splits: ["test"], limit: 4, noise: 0 } as const;
  await generateToybox(toybox, { ...tiny, concurrency: 1 });
  const { images, annotations } = scratch.readJson<{
    images: { id: number }[];
    annotations: { image_id: number; caption: string }[];
  }>("toybox/captions/test.json");
  const said = images.map(({ id }) => ({
    image_id: id,
    caption: annotations.find(({ image_id: image }) => image === id)!.caption,
  }));
  const predictions = scratch.write("said.json", [{ ...said[0]!, caption: "a castle" }, ...said.slice(1)]);
  const asked = ["--task", "chair", "--data", `${toybox}/captions`, "--predictions", predictions];
  const run = await runCli("run", ...asked, "--out", scratch.at("run"));
  expect(run.code, run.stderr).toBe(0);
  const { scores, signatures } = scratch.readJson<Report>("run/scores.json");
  expect(scores).toMatchObject({ CHAIRs: 0.25, hallucinated: { castle: 1 } });
  expect(signatures.CHAIR).not.toContain("simvlm-coco");
});
