import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { completeSettings, type GivenSettings, type TaskData } from "../../../harness/tasks/task.js";
import { findTask } from "../../../harness/tasks/task-registry.js";
import { findUsualSplit } from "../../../harness/tasks/usual-split.js";
import { runCli } from "../cli/run-cli.js";

type Files = Readonly<Record<string, unknown>>;

/** A folder with these files; what is no text is written as JSON, and names of pictures as empty files. */
function unpack(files: Files, ...pictures: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "simvlm-test-"));
  const all = [...Object.entries(files), ...pictures.map((name) => [name, "picture"] as const)];
  for (const [name, content] of all) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    const isRaw = typeof content === "string" || content instanceof Uint8Array;
    writeFileSync(join(folder, name), isRaw ? content : JSON.stringify(content));
  }
  return folder;
}

function load(task: string, folder: string, given: GivenSettings & { images?: string } = {}): Promise<TaskData> {
  const { images, ...settings } = given;
  return findTask(task).load(folder, { ...completeSettings(findTask(task), settings), images });
}

/** What an example is, in short; pictures seen from the folder. */
function show({ examples }: TaskData, folder: string) {
  return examples.map(({ id, images, references }) => [
    id,
    ...images.map((path) => path.replace(`${folder}/`, "")),
    references,
  ]);
}

const coco = (name: string, year = 2014) => ({
  info: { description: "COCO" },
  licenses: [{ id: 1, name: "CC" }],
  images: [
    {
      id: 42,
      file_name: name,
      license: 1,
      height: 4,
      width: 4,
      coco_url: "http://x",
      date_captured: "",
      flickr_url: "",
    },
  ],
  annotations: [{ id: 1, image_id: 42, caption: `a dog of ${year}` }],
});

test.each([
  ["val", "val2014/COCO_val2014_000000000042.jpg", "a dog of 2014"],
  ["val2014", "val2014/COCO_val2014_000000000042.jpg", "a dog of 2014"],
  ["val2017", "val2017/000000000042.jpg", "a dog of 2017"],
  ["train2017", "train2017/000000000042.jpg", "a dog of 2017"],
])("COCO's own tree, split %s", async (split, picture, caption) => {
  const folder = unpack(
    {
      "annotations/captions_val2014.json": coco("COCO_val2014_000000000042.jpg"),
      "annotations/captions_val2017.json": coco("000000000042.jpg", 2017),
      "annotations/captions_train2017.json": coco("000000000042.jpg", 2017),
      "annotations/instances_val2014.json": { images: [], annotations: [], categories: [] },
    },
    ...["val2014/COCO_val2014_000000000042.jpg", "val2017/000000000042.jpg", "train2017/000000000042.jpg"],
  );
  const data = await load("caption", folder, { split });
  expect(show(data, folder)).toEqual([["42", picture, [caption]]]);
  expect(data.format!.name).toBe("COCO captions");
});

test("NoCaps' own tree, packed", async () => {
  const file = {
    images: [{ id: 0, file_name: "0013ea.jpg", open_images_id: "0013ea", domain: "near-domain" }],
    annotations: [{ image_id: 0, id: 0, caption: "a baby" }],
  };
  const folder = unpack({ "nocaps_val_4500_captions.json.gz": gzipSync(JSON.stringify(file)) }, "val/0013ea.jpg");
  const data = await load("caption", folder, { split: "val" });
  expect(show(data, folder)).toEqual([["0", "val/0013ea.jpg", ["a baby"]]]);
  expect([data.format!.name, data.examples[0]!.groups]).toEqual(["NoCaps captions", { domain: "near-domain" }]);
});

const karpathy = {
  images: ["train", "restval", "val", "test"].map((split, i) => ({
    filepath: split === "train" ? "train2014" : "val2014",
    sentids: [i],
    filename: `COCO_${split === "train" ? "train" : "val"}2014_00000000000${i}.jpg`,
    imgid: 100 + i,
    split,
    sentences: [{ tokens: ["a"], raw: `A ${split}.`, imgid: 100 + i, sentid: i }],
    cocoid: i,
  })),
  dataset: "coco",
};

test.each([
  ["train", "0", "train2014/COCO_train2014_000000000000.jpg", "A train."],
  ["restval", "1", "val2014/COCO_val2014_000000000001.jpg", "A restval."],
  ["test", "3", "val2014/COCO_val2014_000000000003.jpg", "A test."],
])("Karpathy's split %s, with pictures in COCO's folders", async (split, id, picture, caption) => {
  const pictures = ["train2014/COCO_train2014_000000000000.jpg", "val2014/COCO_val2014_000000000001.jpg"];
  for (const below of ["", "images/"]) {
    const placed = [...pictures, "val2014/COCO_val2014_000000000003.jpg"].map((name) => `${below}${name}`);
    const folder = unpack({ "dataset_coco.json": karpathy }, ...placed);
    expect(show(await load("caption", folder, { split }), folder)).toEqual([[id, `${below}${picture}`, [caption]]]);
  }
});

test("a split that Karpathy's list does not have is told with those that it has", async () => {
  const folder = unpack({ "annotations/dataset_coco.json": karpathy });
  await expect(load("caption", folder, { split: "minival" })).rejects.toMatchObject({
    code: "missing-split",
    message: expect.stringContaining("train (1), restval (1), val (1), test (1)"),
  });
});

test("Karpathy's Flickr lists call images by their files", async () => {
  const row = {
    sentids: [0],
    imgid: 0,
    sentences: [{ raw: "Two men." }, { raw: "Men." }],
    split: "test",
    filename: "10.jpg",
  };
  const folder = unpack(
    { "dataset_flickr30k.json": { images: [row], dataset: "flickr30k" } },
    "flickr30k-images/10.jpg",
  );
  expect(show(await load("caption", folder), folder)).toEqual([
    ["10.jpg", "flickr30k-images/10.jpg", ["Two men.", "Men."]],
  ]);
});

test("LAVIS's lists: COCO's numbers are the ids, a caption a record is gathered, and NoCaps has its own", async () => {
  const name = "val2014/COCO_val2014_000000391895.jpg";
  const list = unpack(
    { "annotations/coco_karpathy_test.json": [{ image: name, caption: ["A man", "Men"] }] },
    `images/${name}`,
  );
  expect(show(await load("caption", list), list)).toEqual([["391895", `images/${name}`, ["A man", "Men"]]]);
  const rows = ["A man", "Men"].map((caption) => ({ image: name, image_id: "coco_391895", caption }));
  const train = unpack({ "coco_karpathy_train.json": rows }, name);
  expect(show(await load("caption", train, { split: "train" }), train)).toEqual([
    ["coco_391895", name, ["A man", "Men"]],
  ]);
  const truth = { annotations: [{ image_id: 391895, caption: "A man", id: 0 }], images: [{ id: 391895 }] };
  const gt = unpack({ "coco_karpathy_val_gt.json": truth });
  expect(show(await load("caption", gt, { split: "val" }), gt)).toEqual([["391895", ["A man"]]]);
  const nocaps = unpack({ "nocaps_val.json": [{ image: "val/00.jpg", img_id: 7 }] }, "val/00.jpg");
  const bare = await load("caption", nocaps, { split: "val" });
  expect([show(bare, nocaps), bare.references]).toEqual([[["7", "val/00.jpg", undefined]], undefined]);
});

test("VizWiz's captions: what its own evaluation leaves out is no reference", async () => {
  const caption = { image_id: 5, is_precanned: false, is_rejected: false, text_detected: true };
  const folder = unpack(
    {
      "annotations/val.json": {
        info: {},
        images: [{ id: 5, file_name: "VizWiz_val_00000000.jpg", vizwiz_url: "http://x", text_detected: true }],
        annotations: [
          { ...caption, id: 1, caption: "a can" },
          { ...caption, id: 2, caption: "Quality issues are too severe", is_precanned: true },
          { ...caption, id: 3, caption: "spam", is_rejected: true },
        ],
      },
    },
    "val/VizWiz_val_00000000.jpg",
  );
  const data = await load("caption", folder, { split: "val" });
  expect(show(data, folder)).toEqual([["5", "val/VizWiz_val_00000000.jpg", ["a can"]]]);
  expect(data.format!.name).toBe("VizWiz captions");
});

test.each([
  ["a table", "captions.csv", 'image,caption\na.jpg,A dog\na.jpg,"Dogs, two"\n'],
  ["a table with bars", "results.csv", "image_name| comment_number| comment\na.jpg| 0| A dog\na.jpg| 1| Dogs, two\n"],
  ["lines of Flickr", "results_20130124.token", "a.jpg#0\tA dog\na.jpg#1\tDogs, two\n"],
  ["JSON lines", "mine.jsonl", '{"file_name": "a.jpg", "captions": ["A dog", "Dogs, two"]}\n'],
  ["a list of an object", "mine.json", { version: 1, data: [{ image: "a.jpg", captions: ["A dog", "Dogs, two"] }] }],
])("the only file of captions is taken by its content: %s", async (_, name, content) => {
  const folder = unpack({ [name]: content, "notes.txt": "Remember the milk." }, "Images/a.jpg");
  expect(show(await load("caption", folder), folder)).toEqual([["a.jpg", "Images/a.jpg", ["A dog", "Dogs, two"]]]);
});

const ten = (answer: string) => Array.from({ length: 10 }, () => ({ answer, answer_confidence: "yes" }));

test("VizWiz's own questions are called by their pictures", async () => {
  const row = {
    image: "VizWiz_val_00000000.jpg",
    question: "What is it?",
    answers: ten("can"),
    answer_type: "other",
    answerable: 1,
  };
  const folder = unpack({ "Annotations/val.json": [row] }, "val/VizWiz_val_00000000.jpg");
  const data = await load("vqa", folder, { split: "val", answer: "generate" });
  expect(data.format!.name).toBe("VizWiz's questions");
  expect(data.examples[0]).toMatchObject({
    id: "VizWiz_val_00000000.jpg",
    asked: "What is it?",
    images: [join(folder, "val/VizWiz_val_00000000.jpg")],
    targets: ["can"],
    groups: { "answer type": "other" },
  });
});

test.each([
  [
    "OK-VQA",
    {
      "OpenEnded_mscoco_val2014_questions.json": {
        data_subtype: "val2014",
        questions: [{ image_id: 42, question: "?", question_id: 425 }],
      },
      "mscoco_val2014_annotations.json": {
        data_subtype: "val2014",
        annotations: [{ image_id: 42, question_id: 425, answers: ten("dog") }],
      },
    },
    "val2014/COCO_val2014_000000000042.jpg",
    ["425", 10],
  ],
  [
    "A-OKVQA",
    {
      "aokvqa_v1p0_val.json": [
        {
          split: "val",
          image_id: 42,
          question_id: "22jb",
          question: "?",
          choices: ["a"],
          correct_choice_idx: 0,
          direct_answers: ["dog", "dog", "dog", "cat", "dog"],
        },
      ],
    },
    "val2017/000000000042.jpg",
    ["22jb", 5],
  ],
  [
    "TextVQA",
    {
      "TextVQA_0.5.1_val.json": {
        dataset_type: "val",
        data: [
          {
            question: "?",
            image_id: "003a",
            answers: ten("dog").map(({ answer }) => answer),
            question_id: 34602,
            set_name: "val",
          },
        ],
      },
    },
    "train_images/003a.jpg",
    ["34602", 10],
  ],
  [
    "GQA",
    {
      "val_balanced_questions.json": {
        "201307251": { imageId: "n161313", question: "?", answer: "dog", isBalanced: true, types: { detailed: "x" } },
      },
    },
    "images/n161313.jpg",
    ["201307251", 1],
  ],
  [
    "LAVIS",
    {
      "annotations/vqa_val.json": [
        {
          question_id: 425,
          question: "?",
          answer: ten("dog").map(({ answer }) => answer),
          image: "val2014/COCO_val2014_000000000042.jpg",
          dataset: "vqa",
        },
      ],
    },
    "images/val2014/COCO_val2014_000000000042.jpg",
    ["425", 10],
  ],
  [
    "VQA-RAD",
    {
      "VQA_RAD Dataset Public.json": [
        {
          qid: 1,
          image_name: "synpic54610.jpg",
          question: "?",
          answer: "dog",
          question_type: "PRES",
          answer_type: "CLOSED",
        },
      ],
    },
    "VQA_RAD Image Folder/synpic54610.jpg",
    ["1", 1],
  ],
  [
    "a list of an object",
    {
      "CLEVR_val_questions.json": {
        info: {},
        questions: [{ image_filename: "CLEVR_val_000000.png", question: "?", answer: "dog" }],
      },
    },
    "images/val/CLEVR_val_000000.png",
    ["CLEVR_val_000000.png", 1],
  ],
] as const)("%s: questions, answers and pictures are found", async (_, files, picture, [id, answers]) => {
  const folder = unpack(files, picture);
  const data = await load("vqa", folder, { split: "val", answer: "generate" });
  expect(data.examples).toHaveLength(1);
  expect(data.examples[0]).toMatchObject({ id, asked: "?", images: [join(folder, picture)], targets: ["dog"] });
  expect(data.examples[0]!.answers).toHaveLength(answers);
});

test("statements and hypotheses as LAVIS has them", async () => {
  const pair = ["dev/dev-850-0-img0.png", "dev/dev-850-0-img1.png"];
  const nlvr2 = unpack(
    { "nlvr_dev.json": [{ sentence: "A dog.", label: "False", images: pair }] },
    ...pair.map((name) => `images/${name}`),
  );
  expect(show(await load("nlvr2", nlvr2, { split: "dev" }), nlvr2)).toEqual([
    ["0", ...pair.map((name) => `images/${name}`), ["False"]],
  ]);
  const row = { image: "45.jpg", sentence: "She sleeps.", label: "contradiction" };
  const ve = unpack({ "ve_test.json": [row, { ...row, label: "entailment" }] }, "flickr30k-images/45.jpg");
  expect(show(await load("snli-ve", ve), ve)).toEqual([
    ["0", "flickr30k-images/45.jpg", ["contradiction"]],
    ["1", "flickr30k-images/45.jpg", ["entailment"]],
  ]);
});

test("pictures elsewhere: the folder that is named, or the split's folder in it", async () => {
  const folder = unpack({ "captions_val2017.json": coco("000000000042.jpg") });
  for (const name of ["000000000042.jpg", "val2017/000000000042.jpg"]) {
    const images = unpack({}, name);
    const data = await load("caption", folder, { split: "val2017", images });
    expect(data.examples[0]!.images).toEqual([join(images, name)]);
  }
});

test("the only split there is is meant where none is named", async () => {
  const usual = (files: Files, task = "caption") => findUsualSplit(findTask(task), unpack(files));
  expect(await usual({ "annotations/captions_val2014.json": {} })).toEqual({ split: "val", isOnly: true });
  expect(await usual({ "annotations/captions_val2017.json.gz": "" })).toEqual({ split: "val", isOnly: true });
  expect(await usual({ "data/validation-00000-of-00001.parquet": "" }, "vqa")).toEqual({
    split: "validation",
    isOnly: true,
  });
  expect(await usual({ "val.json": {}, "train.json": {} })).toEqual({ split: "test", isOnly: false });
  expect(await usual({ "val.json": {}, "test.json": {} })).toEqual({ split: "test", isOnly: false });
  expect(await usual({ "dataset_coco.json": karpathy })).toEqual({ split: "test", isOnly: false });
});

test("a split of several years is asked back for: both would be right, and they are not the same", async () => {
  const both = unpack({ "annotations/captions_val2014.json": {}, "annotations/captions_val2017.json.gz": "" });
  const named = (split: string) => findUsualSplit(findTask("caption"), both, split);
  await expect(named("val")).rejects.toMatchObject({
    code: "ambiguous-split",
    message: expect.stringContaining("val2014, val2017. Say which is meant, such as val2017."),
  });
  for (const split of ["val2014", "val2017", "train"]) expect(await named(split)).toEqual({ split, isOnly: false });
  expect(await findUsualSplit(findTask("caption"), both)).toEqual({ split: "test", isOnly: false });
  const { code, stderr } = await runCli(
    ...["run", "--task", "caption", "--data", both, "--split", "val", "--out", join(both, "run")],
    ...["--checkpoint", "fixtures/captioners/git"],
  );
  expect([code, stderr]).toEqual([2, expect.stringContaining("(--split names it)")]);
  expect(existsSync(join(both, "run"))).toBe(false);
  const one = unpack({ "val.json": {}, "captions_val2017.json": {}, "captions_train2014.json": {} });
  expect(await findUsualSplit(findTask("caption"), one, "val")).toMatchObject({ split: "val" });
});

test("what is not there is told with what was looked for and what was found", async () => {
  const message = (files: Files, task = "caption") =>
    load(task, unpack(files)).then(
      () => "",
      (error: Error) => error.message,
    );
  expect(await message({ "val.json": {}, "train.json": {} })).toMatch(
    /looked for test\.json.*It has the splits train, val/,
  );
  expect(await message({ "mine.json": [{ a: 1 }] })).toMatch(/It holds mine\.json \(a JSON list of records with a\)/);
  expect(await message({ "test.json": [{ a: 1 }] }, "vqa")).toMatch(
    /in no format that questions are read from: it is a JSON list of records with a\. Looked for: VQA v2/,
  );
  expect(await message({})).toContain("It holds no data files");
});

test("SLAKE: the picture is the one that is named, not COCO's of the number beside it", async () => {
  const row = { img_id: 1, img_name: "xmlab1/source.jpg", question: "What modality?", answer: "MRI", qid: 9835 };
  const folder = unpack({ "test.json": [row] }, "imgs/xmlab1/source.jpg");
  const { examples } = await load("vqa", folder, { split: "test" });
  expect(examples).toMatchObject([{ id: "9835", images: [join(folder, "imgs/xmlab1/source.jpg")] }]);
});

test("A-OKVQA beside COCO's own tree", async () => {
  const row = {
    split: "val",
    image_id: 42,
    question_id: "x",
    question: "What?",
    direct_answers: Array(10).fill("ski"),
  };
  const picture = "coco/val2017/000000000042.jpg";
  const folder = unpack({ "aokvqa_v1p0_val.json": [row] }, picture, "coco/train2017/000000000009.jpg");
  const { examples } = await load("vqa", folder, { split: "val" });
  expect(examples).toMatchObject([{ images: [join(folder, picture)] }]);
});
