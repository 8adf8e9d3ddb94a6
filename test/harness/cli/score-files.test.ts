import { describe, expect, test } from "vitest";
import { runCli, Scratch } from "./run-cli.js";

/** Files as pandas, Python and other programs leave them; scores are those of the same as a list of records. */
const scratch = new Scratch();
let files = 0;
const write = (content: unknown) => scratch.write(`file-${files++}`, content);

type Fields = Readonly<Record<string, unknown>>;
const captions = [
  { image_id: 1, caption: "a dog runs" },
  { image_id: 2, caption: "two cats" },
  { image_id: 3, caption: "a red bus" },
];
const answers = [
  { question_id: 11, answer: "dog" },
  { question_id: 12, answer: "2" },
  { question_id: 13, answer: "yes" },
];
const questions = answers.map(({ question_id, answer }) => ({
  question_id,
  image_id: 1,
  question: "what?",
  answers: [answer, `not ${answer}`],
}));
const cocoName = (id: number) => `COCO_val2014_${String(id).padStart(12, "0")}.jpg`;
const coco = (text = (caption: string) => caption) => ({
  images: captions.map(({ image_id: id }) => ({ id })),
  annotations: captions.map(({ image_id, caption }, id) => ({ id, image_id, caption: text(caption) })),
});
const vqa = {
  annotations: answers.map(({ question_id, answer }) => ({
    question_id,
    image_id: 1,
    question_type: "what",
    answer_type: "other",
    answers: Array.from({ length: 10 }, (_, i) => ({ answer, answer_id: i + 1 })),
  })),
};

const score = (task: string, references: unknown, predictions: unknown, ...more: string[]) =>
  runCli(
    "score",
    ...["--task", task, "--references", write(references), "--predictions", write(predictions)],
    ...(task === "caption" ? ["--metrics", "bleu"] : []),
    ...more,
  );

/** pandas' orientations, as `DataFrame.to_json(orient=…)` and `to_dict("list")` write them. */
const orientations: Readonly<Record<string, (rows: readonly Fields[]) => unknown>> = {
  records: (rows) => rows,
  columns: (rows) => byColumn(rows, (values) => ({ ...values })),
  index: (rows) => ({ ...rows }),
  split: (rows) => ({ columns: Object.keys(rows[0]!), index: rows.map((_, i) => i), data: rows.map(Object.values) }),
  table: (rows) => ({
    schema: { fields: [], primaryKey: ["index"] },
    data: rows.map((row, index) => ({ index, ...row })),
  }),
  lists: (rows) => byColumn(rows, (values) => values),
};
function byColumn(rows: readonly Fields[], write: (values: unknown[]) => unknown) {
  return Object.fromEntries(Object.keys(rows[0]!).map((name) => [name, write(rows.map((row) => row[name]))]));
}

describe("tables that pandas writes as JSON", () => {
  test.each(Object.entries(orientations))("%s: captions, answers, and the right ones", async (_, orient) => {
    const plain = (await score("caption", coco(), captions)).stdout;
    expect((await score("caption", coco(), orient(captions))).stdout).toBe(plain);
    expect((await score("caption", orient(captions), captions)).stdout).toBe(plain);
    expect((await score("vqa", vqa, orient(answers))).stdout).toBe((await score("vqa", vqa, answers)).stdout);
    const asked = await score("vqa", questions, answers);
    expect(asked.code).toBe(0);
    expect((await score("vqa", orient(questions), answers)).stdout).toBe(asked.stdout);
  });

  test("rows of values, with names or an id and a text; ids in the index", async () => {
    const plain = (await score("caption", coco(), captions)).stdout;
    const values = captions.map(({ image_id, caption }) => [image_id, caption]);
    for (const table of [
      values,
      [["image_id", "caption"], ...values],
      { columns: ["caption", "length"], index: [1, 2, 3], data: captions.map(({ caption }) => [caption, 3]) },
      { caption: { 1: "a dog runs", 2: "two cats", 3: "a red bus" }, prompt: { 1: "x", 2: "x", 3: "x" } },
      { model: "x", predictions: orientations.columns!(captions) },
    ]) {
      expect((await score("caption", coco(), table)).stdout).toBe(plain);
    }
    const said = await score("caption", coco(), values);
    expect(said.stderr).toMatch(/read as a table of pandas \(values\): 3 predictions/);
  });

  test("captions by the ids of their pictures, as pycocoevalcap has them", async () => {
    const plain = (await score("caption", coco(), captions)).stdout;
    for (const wrap of [
      (caption: string) => caption,
      (caption: string) => [caption],
      (caption: string, image_id: number) => [{ image_id, id: 7, caption }],
    ]) {
      const byId = Object.fromEntries(captions.map(({ image_id, caption }) => [image_id, wrap(caption, image_id)]));
      expect((await score("caption", byId, captions)).stdout).toBe(plain);
      expect((await score("caption", JSON.stringify(byId, null, 1), captions)).stdout).toBe(plain);
    }
  });
});

describe("ids that are written otherwise", () => {
  const padded = (id: number) => String(id).padStart(12, "0");
  test.each<[string, (id: number) => unknown]>([
    ["numbers with zeros before them", padded],
    ["some with zeros", (id) => (id === 1 ? id : padded(id))],
    ["numbers that pandas made fractions of", (id) => `${id}.0`],
    ["COCO's names, although the references have none", cocoName],
    ["without an ending", (id) => cocoName(id).slice(0, -4)],
    ["as of 2017", (id) => `val2017/${padded(id)}.jpg`],
  ])("%s", async (_, write) => {
    const predictions = captions.map(({ image_id, caption }) => ({ image_id: write(image_id), caption }));
    const { code, stdout, stderr } = await score("caption", coco(), predictions);
    expect({ code, stdout }).toEqual({ code: 0, stdout: (await score("caption", coco(), captions)).stdout });
    expect(stderr).toMatch(/its ids are /);
  });

  test("the references with zeros; two that would be the same are not guessed", async () => {
    const zeros = captions.map(({ image_id, caption }) => ({ image_id: padded(image_id), caption }));
    expect((await score("caption", zeros, captions)).code).toBe(0);
    const both = [...captions, { image_id: "01", caption: "a" }];
    const predictions = [...captions.slice(1), { image_id: "001", caption: "a dog" }, { image_id: "01", caption: "a" }];
    expect(await score("caption", both, predictions)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/no id 001/),
    });
  });
});

describe("what Python writes", () => {
  const withNaN = (records: unknown) => JSON.stringify(records).replaceAll('"?"', "NaN");
  test("NaN and Infinity where nobody looks", async () => {
    const noted = answers.map((record, i) => ({ ...record, note: "NaN, Infinity", score: ["?", 1, "?"][i] }));
    const plain = (await score("vqa", vqa, answers)).stdout;
    expect((await score("vqa", vqa, withNaN(noted).replace("NaN,", "-Infinity,"))).stdout).toBe(plain);
    expect((await score("vqa", vqa, noted.map(withNaN).join("\n"))).stdout).toBe(plain);
    expect((await score("caption", withNaN(captions.map((row) => ({ ...row, w: "?" }))), captions)).code).toBe(0);
  });

  test("NaN for an answer is named with its record, and for a reference is none", async () => {
    const [, ...rest] = answers;
    const none = [{ question_id: 11, answer: "?" }, ...rest];
    expect(await score("vqa", vqa, withNaN(none))).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /\[0\]\.answer: nothing is there \(null, or Python's NaN\)\. .*leave the record out/,
      ),
    });
    expect((await score("vqa", vqa, none.map(withNaN).join("\n"))).stderr).toMatch(/line 1: answer: nothing is there/);
    const { stderr } = await score("caption", withNaN([{ image_id: 1, caption: "?" }, ...captions.slice(1)]), captions);
    expect(stderr).toMatch(/1 of 3 examples have no references: 1\./);
  });

  test("numbers for answers, on both sides", async () => {
    const plain = (await score("vqa", vqa, answers)).stdout;
    const number = (answer: string) => (answer === "2" ? 2 : answer);
    const said = answers.map(({ question_id, answer }) => ({ question_id, answer: number(answer) }));
    const people = vqa.annotations.map((one) => ({
      ...one,
      answers: one.answers.map((record) => ({ ...record, answer: number(record.answer) })),
    }));
    expect((await score("vqa", { annotations: people }, said)).stdout).toBe(plain);
  });
});

describe("what people often have instead", () => {
  test("lists that CSV has as texts", async () => {
    const cell = (list: string) => `"${list.replaceAll('"', '""')}"`;
    const write = (quote: (caption: string) => string) =>
      `image_id,captions\n${captions.map(({ image_id, caption }) => `${image_id},${cell(quote(caption))}`).join("\n")}`;
    const plain = (
      await score(
        "caption",
        captions.map((one) => ({ ...one, caption: [one.caption, "it's"] })),
        captions,
      )
    ).stdout;
    for (const quote of [
      (caption: string) => JSON.stringify([caption, "it's"]),
      (caption: string) => `['${caption}', "it's"]`,
      (caption: string) => `['${caption}'\n "it's"]`,
    ]) {
      expect((await score("caption", write(quote), captions)).stdout).toBe(plain);
    }
    const table = `question_id,image,question,answers\n${answers.map(({ question_id, answer }) => `${question_id},a.jpg,what?,"['${answer}', 'no']"`).join("\n")}`;
    expect((await score("vqa", table, answers)).stdout).toContain("100.00");
  });

  test("a list of one text; LAVIS's own names", async () => {
    const lists = captions.map(({ image_id, caption }) => ({ image_id, captions: [caption] }));
    expect((await score("caption", coco(), lists)).code).toBe(0);
    const lavis = answers.map(({ question_id, answer }) => ({ question_id, pred_ans: answer, gt_ans: ["x"] }));
    expect((await score("vqa", vqa, lavis)).stdout).toContain("100.00");
  });

  test.each([
    ["Python's notation", "[{'image_id': 1, 'caption': 'a dog'}]", /as Python prints it: .*json\.dump/],
    ["a comma too many", `${JSON.stringify(captions).slice(0, -1)},]`, /a comma before the last bracket/],
    [
      "objects one after the other",
      captions.map((one) => JSON.stringify(one)).join(""),
      /several objects: each stands on a line/,
    ],
  ])("%s is named", async (_, predictions, message) => {
    expect(await score("caption", coco(), predictions)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(message),
    });
  });
});

describe("files of another task, and of none", () => {
  test.each<[string, string, unknown, RegExp]>([
    ["VQA's annotations as captions", "caption", vqa, /It could be VQA v2, OK-VQA, .*\(task vqa\)/],
    ["questions and answers as captions", "caption", questions, /It could be .*\(task vqa\)/],
    ["COCO's captions as answers", "vqa", coco(), /It could be COCO captions \(task caption\)/],
    [
      "COCO's captions, the annotations first",
      "vqa",
      { annotations: coco().annotations, images: coco().images },
      /It could be COCO captions \(task caption\)/,
    ],
    ["a list of captions as answers", "vqa", captions, /It could be a list of captions \(task caption\)/],
  ])("%s", async (_, task, references, message) => {
    expect(await score(task, references, task === "vqa" ? answers : captions)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(message),
    });
  });

  test("captions for answers", async () => {
    const { code, stderr } = await score("vqa", vqa, captions);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/look like results of the task caption/),
    });
  });

  test("captions that are kept as answers to one question are captions", async () => {
    const asked = captions.map(({ image_id, caption }) => ({
      image_id,
      question: "Please describe the picture.",
      answer: [caption],
    }));
    expect((await score("caption", asked, captions)).stdout).toBe((await score("caption", coco(), captions)).stdout);
  });
});

describe("references with nothing in them", () => {
  const blank = (caption: string) => (caption === "two cats" ? " \t" : caption);
  test.each<[string, string, unknown]>([
    ["a blank caption", "caption", coco(blank)],
    [
      "null",
      "caption",
      { ...coco(), annotations: coco().annotations.map((one, i) => (i === 1 ? { ...one, caption: null } : one)) },
    ],
    [
      "blank captions in a list",
      "caption",
      captions.map((one, i) => ({ ...one, caption: i === 1 ? ["", " "] : [one.caption] })),
    ],
    [
      "blank answers",
      "vqa",
      {
        annotations: vqa.annotations.map((one, i) =>
          i === 1 ? { ...one, answers: one.answers.map((a) => ({ ...a, answer: "" })) } : one,
        ),
      },
    ],
  ])("%s: named and counted, and left out when told to", async (_, task, references) => {
    const said = task === "vqa" ? answers : captions;
    const refused = await score(task, references, said);
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/1 of 3 examples have no references: 1?2\./),
    });
    const { code, stderr } = await score(task, references, said, "--skip-missing-references");
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/left out, for want of references: 1?2/),
    });
  });
});

test("VQA's own files: what they were taken for is said", async () => {
  expect((await score("vqa", vqa, answers)).stderr).toMatch(
    /read as VQA v2, OK-VQA, and VizWiz in their form: 3 examples/,
  );
});
