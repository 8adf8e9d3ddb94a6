import { mkdirSync, readFileSync } from "node:fs";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { drawFigure } from "../../../harness/attention/attention-figure.js";
import { explore } from "../../../harness/attention/explore.js";
import { averageAttention, poolWords } from "../../../harness/attention/word-attention.js";
import { compareRuns } from "../../../harness/compare/compare-runs.js";
import { loadImages } from "../../../harness/images/load-image.js";
import { createCaptioner } from "../../../harness/models/captioner.js";
import { checkFamily, defineFamily } from "../../../harness/models/family.js";
import {
  addFamilies,
  findFamily,
  hashModel,
  listFamilies,
  openCheckpoint,
} from "../../../harness/models/family-registry.js";
import { explorerView } from "../../../harness/report/explorer/index.js";
import { runTask } from "../../../harness/runs/run-task.js";
import { verifyRun } from "../../../harness/runs/verify-run.js";
import { runCli, Scratch } from "../cli/run-cli.js";
import { meanColourFamily, writeMeanColour } from "./mean-colour.js";

const scratch = new Scratch();
const COLOURS = { red: "#e01010", green: "#10c010", blue: "#1010d0" } as const;
const pictures = Object.keys(COLOURS).map((name) => scratch.at(`data/${name}.png`));
let right: string;
let wrong: string;

beforeAll(async () => {
  addFamilies([checkFamily(meanColourFamily, "the test")]);
  mkdirSync(scratch.at("data"));
  for (const [name, background] of Object.entries(COLOURS)) {
    await sharp({ create: { width: 9, height: 6, channels: 3, background } })
      .png()
      .toFile(scratch.at(`data/${name}.png`));
  }
  const names = Object.keys(COLOURS);
  scratch.write("data/test.json", {
    images: names.map((name, i) => ({ id: i + 1, file_name: `${name}.png` })),
    annotations: names.flatMap((name, i) =>
      [`a ${name} picture`, `a ${name} thing`].map((caption, j) => ({ id: 10 * i + j, image_id: i + 1, caption })),
    ),
  });
  right = writeMeanColour(scratch, "right");
  wrong = writeMeanColour(scratch, "wrong", { colours: ["blue", "red", "green"], attention: false });
});

describe("the registry", () => {
  test("a checkpoint's own config chooses its family, and a config of none is refused with those there are", async () => {
    expect(findFamily({ model_type: "mean-colour" }, "here").name).toBe("mean-colour");
    expect(findFamily({ layout: "encoder-decoder" }, "here").name).toBe("simvlm");
    for (const config of [{}, { model_type: "blip-2" }, [], null, "text"]) {
      expect(() => findFamily(config, "x/config.json")).toThrow(
        /x\/config\.json.*SimVLM, GIT, BLIP, ViT-GPT2, CLIP, Mean colour/,
      );
    }
    scratch.write("data/config.json", { model_type: "blip-2" });
    await expect(openCheckpoint(scratch.at("data"))).rejects.toMatchObject({ code: "unknown-family" });
    await expect(openCheckpoint(scratch.at("nowhere"))).rejects.toMatchObject({ code: "no-checkpoint" });
  });

  test("the same family may be added again, another of its name not", () => {
    const before = listFamilies().length;
    addFamilies([meanColourFamily]);
    expect(listFamilies()).toHaveLength(before);
    expect(() => addFamilies([defineFamily({ ...meanColourFamily })])).toThrow(
      expect.objectContaining({ code: "duplicate-name" }),
    );
  });

  test.each([
    [undefined, "(the whole)"],
    [{ ...meanColourFamily, kind: "task" }, "kind"],
    [{ ...meanColourFamily, name: "Mean Colour" }, "name"],
    [{ ...meanColourFamily, open: "later" }, "open"],
    [{ ...meanColourFamily, files: "config.json" }, "files"],
    [{ ...meanColourFamily, presets: { small: { vocabularySize: 0 } } }, "presets.small.vocabularySize"],
  ])("what is no family is refused with the field that is wrong %#", (value, field) => {
    const check = () => checkFamily(value, "./plug-in.js");
    expect(check).toThrow(expect.objectContaining({ code: "bad-plugin" }));
    expect(check).toThrow(`./plug-in.js does not define a family of models: ${field}: `);
  });
});

test("captions, the prompt in the decoder", async () => {
  const captioner = createCaptioner(await openCheckpoint(right));
  const loaded = await loadImages(pictures, captioner.preparation);
  const images = loaded.map((each) => (each.ok ? each.image.data : new Float32Array()));
  expect((await captioner.caption(images)).map(({ text }) => text)).toEqual(["red", "green", "blue"]);
  const plain = createCaptioner(await openCheckpoint(right), { prompt: "", decoding: { method: "greedy" } });
  expect((await plain.caption(images)).map(({ text }) => text)).toEqual(["a red", "a green", "a blue"]);
});

test("runs on a task, described by its config and hashes; they compare and verify", async () => {
  const data = scratch.at("data");
  for (const [name, checkpoint] of Object.entries({ right, wrong })) {
    const finished = await runTask("caption", { data, from: { checkpoint }, out: scratch.at(`runs/${name}`) });
    const { source } = finished!.manifest;
    expect(source).toMatchObject({ kind: "model", family: "mean-colour", trained: true });
    expect(source.hashes).toEqual(await hashModel(checkpoint));
    expect(Object.keys(source.hashes as object)).toEqual(["files"]);
  }
  const lines = readFileSync(scratch.at("runs/right/predictions.jsonl"), "utf8").trim().split("\n");
  expect(lines.map((line) => (JSON.parse(line) as { prediction: string }).prediction)).toEqual([
    "red",
    "green",
    "blue",
  ]);
  const { scores } = await compareRuns([scratch.at("runs/right"), scratch.at("runs/wrong")], { resamples: 50 });
  expect(scores.length).toBeGreaterThan(0);
  expect(await verifyRun(scratch.at("runs/right"))).toMatchObject({
    differences: [],
    confirmed: expect.arrayContaining(["checkpoint"]),
  });
  const report = scratch.at("report.html");
  const runs = ["right", "wrong"].map((name) => scratch.at(`runs/${name}`));
  expect(await runCli("report", ...runs, "--out", report, "--explore", "1")).toMatchObject({ code: 0 });
  const page = readFileSync(report, "utf8");
  expect(page).toContain("a checkpoint of Mean colour, 3 colours");
  expect(page).toContain(
    "There are no attention maps for example 1: wrong does not show where it looks, because its family has no",
  );
});

test("where it looks: patches on the picture, the class token a number beside it", async () => {
  const exploration = await explore(await openCheckpoint(right), pictures[0]!);
  expect(exploration).toMatchObject({ caption: "red", prompt: "a", imageSize: 4 });
  for (const absent of ["gradient", "rollout", "control"]) expect(exploration).not.toHaveProperty(absent);
  const { attention, words, picture, caption } = exploration;
  const pooled = poolWords(averageAttention(attention), attention, words);
  expect(pooled).toEqual([expect.objectContaining({ text: "red", classToken: 0.5, image: expect.closeTo(0.5, 5) })]);
  const view = await explorerView([exploration]);
  expect(view.text).toContain("class token 50.0 %");
  expect(view.markup.markup).toContain('"classToken":"');
  const figure = {
    picture,
    caption,
    words: pooled,
    grid: attention.grid,
    imageSize: 4,
    keys: 5,
    prompt: "a",
    notes: [],
  };
  const without = pooled.map(({ classToken: _, ...word }) => word);
  expect(await drawFigure(figure)).not.toBe(await drawFigure({ ...figure, words: without }));
});

describe("what a family does not offer is refused by name", () => {
  test("attention, heads", async () => {
    const model = await openCheckpoint(wrong);
    await expect(explore(model, pictures[0]!)).rejects.toMatchObject({
      code: "no-attention",
      message: expect.stringContaining(wrong),
    });
    const from = { checkpoint: wrong };
    mkdirSync(scratch.at("vqa"));
    scratch.write("vqa/questions-test.json", { questions: [{ image_id: 1, question: "what?", question_id: 1 }] });
    const asked = runTask("vqa", { data: scratch.at("vqa"), from, out: scratch.at("runs/vqa") });
    await expect(asked).rejects.toMatchObject({ code: "no-head" });
  });

  test.each([
    [["attend", "data/red.png", "--checkpoint", "wrong", "--out", "map.svg"], /does not show where it looks/],
    [["export", "right", "--out", "exported"], /cannot be exported/],
    [
      [
        "finetune",
        "--task",
        "caption",
        "--data",
        "data",
        "--split",
        "test",
        "--checkpoint",
        "right",
        "--out",
        "tuned",
        "--steps",
        "1",
      ],
      /cannot be fine-tuned yet/,
    ],
  ])("by commands: %j", async (args, message) => {
    const paths = /^(data|right|wrong|exported|tuned|map)/;
    const { code, stderr } = await runCli(...args.map((arg) => (paths.test(arg) ? scratch.at(arg) : arg)));
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  test("commands show and use it all the same", async () => {
    const shown = await runCli("inspect", right, "--json");
    expect(JSON.parse(shown.stdout)).toMatchObject({ config: { model_type: "mean-colour" }, parameters: 0, parts: [] });
    const said = await runCli("caption", ...pictures, "--checkpoint", right, "--json");
    const captions = JSON.parse(said.stdout) as { caption: string }[];
    expect(captions.map(({ caption }) => caption)).toEqual(["red", "green", "blue"]);
    const out = scratch.at("map.svg");
    const drawn = await runCli("attend", pictures[1]!, "--checkpoint", right, "--out", out, "--json");
    expect(JSON.parse(drawn.stdout)).toMatchObject({ caption: "green", grid: 2, words: [{ classToken: 0.5 }] });
    expect(readFileSync(out, "utf8")).toContain("<svg");
  });
});
