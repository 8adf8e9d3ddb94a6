import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { ResultsOptions } from "../../../harness/formats/results/results-form.js";
import {
  readCaptionResults,
  readNlvr2Results,
  readSnliVeResults,
  readVqaResults,
} from "../../../harness/formats/results.js";
import { temporaryFiles } from "../files/temporary.js";
import { formatParquet } from "../files/write-parquet.js";

const write = temporaryFiles();
const json = (value: unknown) => JSON.stringify(value);

async function readWith<T>(
  read: (path: string, options: ResultsOptions) => Promise<T[]>,
  content: string | Uint8Array,
  options: ResultsOptions = {},
) {
  const said: string[] = [];
  const path = write("predictions", content);
  const results = await read(path, { ...options, onRecognized: (what) => said.push(what.replace(path, "FILE")) });
  return { results, said };
}

const records = [
  { image_id: 1, caption: "a dog runs" },
  { image_id: 2, caption: 'two "big" cats, asleep' },
];
const captions = records.map(({ image_id, caption }) => ({ id: String(image_id), caption }));
const byId = (wrap: (caption: string, id: number) => unknown) =>
  Object.fromEntries(records.map(({ image_id, caption }) => [image_id, wrap(caption, image_id)]));
const renamed = (id: string, text: string) =>
  records.map(({ image_id, caption }) => ({ [id]: image_id, [text]: caption }));
const row = (cells: readonly unknown[], by: string) =>
  cells.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(by);
const table = (by: string, end: string, header = ["image_id", "caption"]) =>
  [header, ...records.map((record) => Object.values(record))].map((cells) => row(cells, by) + end).join("");

describe("captions, however they are kept", () => {
  test.each<[string, string | Uint8Array, string]>(
    [
      ["a list in a field", json({ results: records }), "a list in results"],
      ["a list in a field, over several lines", JSON.stringify({ results: records }, null, 2), "a list in results"],
      ["a list far inside", json({ data: { predictions: records, model: "x" } }), "a list in data.predictions"],
      ["beside settings", json({ config: { model: "x", split: "val" }, results: records }), "a list in results"],
      ["one record in a list in a field", "", ""],
      ["texts by id", json(byId((caption) => caption)), "texts by id"],
      ["lists of one text by id, as pycocoevalcap has them", json(byId((caption) => [caption])), "texts by id"],
      ["records by id", json(byId((caption) => [{ caption }])), "texts by id"],
      ["its records by id", json(byId((caption, id) => [{ image_id: id, id, caption }])), "texts by id"],
      [
        "texts by id in a field",
        json({ model: "x", predictions: byId((caption) => caption) }),
        "texts by id in predictions",
      ],
      ["records with other names", json(renamed("id", "prediction")), "fields id and prediction"],
      ["names in another case", json(renamed("imageId", "Caption")), "fields imageId and Caption"],
      ["lines with other names", renamed("id", "text").map(json).join("\r\n"), "fields id and text"],
      ["one line", "", ""],
      ["CSV", table(",", "\n"), "CSV"],
      ["CSV of Windows, with a mark", `\uFEFF${table(",", "\r\n")}`, "CSV"],
      ["TSV", table("\t", "\n"), "TSV"],
      ["CSV with semicolons", table(";", "\r\n"), "CSV with semicolons"],
      ["CSV with other names", table(",", "\n", ["id", "answer"]), "CSV, fields id and answer"],
      ["packed CSV", gzipSync(table(",", "\n")), "CSV"],
      ["Excel's Unicode text", Buffer.from(`\uFEFF${table("\t", "\r\n")}`, "utf16le"), "TSV"],
      ["UTF-16 the other way round", Buffer.from(`\uFEFF${table(",", "\n")}`, "utf16le").swap16(), "CSV"],
      [
        "CSV as pandas writes it, with numbers of lines",
        `,image_id,caption\n${records.map((record, i) => row([i, ...Object.values(record)], ",")).join("\n")}`,
        "CSV",
      ],
      [
        "Parquet",
        formatParquet({
          image: records.map(() => ({ bytes: Buffer.from("x"), path: "x.jpg" })),
          image_id: [1, 2],
          caption: records.map(({ caption }) => caption),
        }),
        "Parquet",
      ],
    ].filter(([, content]) => content !== "") as [string, string | Uint8Array, string][],
  )("%s", async (_, content, what) => {
    const { results, said } = await readWith(readCaptionResults, content);
    expect(results).toEqual(captions);
    expect(said).toEqual([`FILE: read as ${what}: 2 predictions`]);
  });

  test("the official formats need no word", async () => {
    for (const content of [json(records), JSON.stringify(records, null, 1), records.map(json).join("\n")]) {
      expect(await readWith(readCaptionResults, content)).toEqual({ results: captions, said: [] });
    }
    const [first] = records;
    expect(await readWith(readCaptionResults, json(first))).toEqual({ results: [captions[0]], said: [] });
    expect((await readWith(readCaptionResults, json({ results: [first] }))).results).toEqual([captions[0]]);
    expect((await readWith(readCaptionResults, json([{ ...first, id: 9, prompt: "x" }]))).results).toEqual([
      captions[0],
    ]);
  });

  test("TSV whose quotes are text", async () => {
    const content = 'image_id\tcaption\n1\ta "big" dog\n2\tan "odd one\n';
    expect((await readWith(readCaptionResults, content)).results).toEqual([
      { id: "1", caption: 'a "big" dog' },
      { id: "2", caption: 'an "odd one' },
    ]);
  });
});

describe("what servers and engines write of many requests", () => {
  const batch = (body: (caption: string) => unknown, rest: object = {}) =>
    records
      .map(({ image_id, caption }) =>
        json({
          id: `batch_req_${image_id}`,
          custom_id: String(image_id),
          response: { status_code: 200, body: body(caption) },
          error: null,
          ...rest,
        }),
      )
      .join("\n");
  const outputs = records.map(({ image_id, caption }) => ({
    request_id: String(image_id),
    prompt: "USER: <image>",
    outputs: [{ index: 0, text: caption, token_ids: [1], finish_reason: "stop" }],
    finished: true,
  }));
  test.each<[string, string, string]>([
    [
      "chat completions",
      batch((content) => ({ choices: [{ index: 0, message: { role: "assistant", content } }], usage: {} })),
      "a batch's results, ids from custom_id",
    ],
    [
      "chat completions in parts",
      batch((text) => ({ choices: [{ message: { content: [{ type: "text", text }] } }] })),
      "a batch's results, ids from custom_id",
    ],
    ["completions", batch((text) => ({ choices: [{ text }] })), "a batch's results, ids from custom_id"],
    [
      "responses",
      batch((text) => ({
        output: [
          { type: "reasoning", content: [{ type: "reasoning_text", text: "Hm." }] },
          { type: "message", content: [{ type: "output_text", text }] },
        ],
      })),
      "a batch's results, ids from custom_id",
    ],
    [
      "Anthropic's messages",
      records
        .map(({ image_id, caption }) =>
          json({
            custom_id: String(image_id),
            result: { type: "succeeded", message: { content: [{ type: "text", text: caption }] } },
          }),
        )
        .join("\n"),
      "a batch's results, ids from custom_id",
    ],
    ["vLLM's outputs", json(outputs), "vLLM's outputs, ids from request_id"],
    [
      "vLLM's outputs beside an id",
      outputs.map((one, i) => json({ ...one, request_id: `req-${i}`, image_id: i + 1 })).join("\n"),
      "vLLM's outputs, ids from image_id",
    ],
  ])("%s", async (_, content, what) => {
    const { results, said } = await readWith(readCaptionResults, content);
    expect(results).toEqual(captions);
    expect(said).toEqual([`FILE: read as ${what}: 2 predictions`]);
  });

  test("requests that failed, and several texts, are named", async () => {
    const failed = batch(() => ({ error: { message: "no" } }), { response: null, error: { code: "batch_expired" } });
    await expect(readWith(readCaptionResults, failed)).rejects.toThrow(/line 1: response: nothing is there.*leave the/);
    const two = [{ ...outputs[0], outputs: [{ text: "a" }, { text: "b" }] }];
    await expect(readWith(readCaptionResults, json(two))).rejects.toThrow(/\[0\]\.outputs: .*received array/);
  });
});

test.each([
  ["1,a dog runs\n2,a cat\n", 'found "1", "a dog runs". Put a line above it that does, such as "image_id,caption"'],
  ["a.jpg\ta dog\n", 'such as "image_id\\tcaption"'],
  ["a dog runs\na cat\n", 'found "a dog runs". Put a line above it'],
])("a table without a line of names is answered with the line that is missing: %j", async (content, message) => {
  await expect(readWith(readCaptionResults, content)).rejects.toMatchObject({
    code: "wrong-schema",
    message: expect.stringContaining(message),
  });
  const named = `image_id${/,|\t/.exec(content)?.[0] ?? ","}caption\n${content}`;
  if (content.includes("\t")) expect((await readWith(readCaptionResults, named)).results).toHaveLength(1);
});

describe("logs of other harnesses", () => {
  const logs = records.map(({ image_id, caption }, doc_id) => ({
    doc_id,
    doc: { image_id, question: "Provide a caption.", answer: ["a dog"], id: 70 + doc_id },
    target: "a dog",
    arguments: { "0": "x" },
    resps: [[` ${caption} `]],
    filtered_resps: [caption],
    nocaps_CIDEr: { answer: ["a dog"], pred: caption, image_id },
  }));
  test.each<[string, string, string]>([
    ["lmms-eval's", logs.map(json).join("\n"), "lmms-eval's log, ids from doc.image_id"],
    [
      "lmms-eval's whose document has no id",
      logs.map((log) => json({ ...log, doc: {} })).join("\n"),
      "lmms-eval's log, ids from nocaps_CIDEr.image_id",
    ],
    [
      "lmms-eval's with the number of the document alone",
      logs.map(({ doc_id, filtered_resps }) => json({ doc_id: doc_id + 1, resps: [filtered_resps] })).join("\n"),
      "lmms-eval's log, ids from doc_id",
    ],
    [
      "an older lmms-eval's",
      JSON.stringify({ args: {}, logs }, null, 2),
      "a list in logs, lmms-eval's log, ids from doc.image_id",
    ],
    [
      "VLMEvalKit's table",
      `index\tquestion\tanswer\tprediction\timage_path\n${records
        .map(({ image_id, caption }) => row([image_id, "what?", "['a dog']", caption, "a.jpg"], "\t"))
        .join("\n")}`,
      "TSV, VLMEvalKit's output, ids from index",
    ],
  ])("%s", async (_, content, what) => {
    const { results, said } = await readWith(readCaptionResults, content);
    expect(results).toEqual(captions);
    expect(said).toEqual([`FILE: read as ${what}: 2 predictions`]);
  });

  test("answers: question ids, and the prediction rather than what people said", async () => {
    const log = {
      doc_id: 5,
      doc: { question_id: 42, image_id: 7 },
      target: "yes",
      filtered_resps: ["no"],
      resps: [["no."]],
    };
    expect((await readWith(readVqaResults, json(log))).results).toEqual([{ id: "42", answer: "no" }]);
    const kit = [{ index: 3, question: "what?", answer: "dog", prediction: "cat" }];
    expect((await readWith(readVqaResults, json(kit))).results).toEqual([{ id: "3", answer: "cat" }]);
  });

  test("several answers to one question are refused", async () => {
    const log = { doc_id: 5, doc: { question_id: 42 }, filtered_resps: ["no", "yes"] };
    await expect(readWith(readVqaResults, json(log))).rejects.toThrow(
      /line 1: filtered_resps: expected a text or a number/,
    );
  });

  test.each([
    ["a workbook", Buffer.from("PK\x03\x04....xlsx"), /an Excel workbook .*Save the table as CSV or TSV/],
    ["an old workbook", Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0]), /an old Excel workbook/],
    ["a pickle", Buffer.from([0x80, 4, 0x95, 1]), /a pickle, which is a program/],
    ["xz", Buffer.from("\xfd7zXZ\0..", "latin1"), /packed with xz, which is not read\. Unpack it/],
    ["Zstandard", Buffer.from("\x28\xb5\x2f\xfd....", "latin1"), /packed with Zstandard.* Unpack it/],
    ["bzip2", Buffer.from("BZh91AY&SY"), /packed with bzip2.* Unpack it/],
    ["a page", Buffer.from("<!DOCTYPE html>"), /a web page or XML/],
  ])("%s is refused by what it is", async (_, content, message) => {
    await expect(readWith(readCaptionResults, content)).rejects.toMatchObject({
      code: "unknown-format",
      message: expect.stringMatching(message),
    });
  });
});

describe("where a choice is left, it is asked for", () => {
  test.each<[string, string, string, string]>([
    [
      "two texts",
      json([{ image_id: 1, caption: "a", prediction: "b" }]),
      "ambiguous-columns",
      "caption and prediction could each be the caption",
    ],
    ["two texts in CSV", "image_id,caption,answer\n1,a,b\n", "ambiguous-columns", "caption and answer could each"],
    [
      "two ids",
      json([{ id: 1, file_name: "1.jpg", caption: "a" }]),
      "ambiguous-columns",
      "id and file_name could each be the id",
    ],
    ["two ids in CSV", "id;image;caption\n1;2;a\n", "ambiguous-columns", "id and image could each be the id"],
    ["one name twice", "image_id,caption,caption\n1,a,b\n", "ambiguous-columns", "two columns are called caption"],
    [
      "two lists",
      json({ baseline: records, results: { ours: records } }),
      "ambiguous-list",
      "baseline, results.ours could each be the predictions",
    ],
  ])("%s", async (_, content, code, message) => {
    await expect(readWith(readCaptionResults, content)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  test("and taken", async () => {
    const both = { baseline: [{ ...records[0], caption: "x" }], results: { "our.system": records } };
    const { results } = await readWith(readCaptionResults, json(both), { field: "results.our.system" });
    expect(results).toEqual(captions);
    const content = "image_id,caption,prediction\n1,a,b\n";
    expect((await readWith(readCaptionResults, content, { columns: ["image_id", "prediction"] })).results).toEqual([
      { id: "1", caption: "b" },
    ]);
    await expect(readWith(readCaptionResults, json(both), { field: "data" })).rejects.toMatchObject({
      code: "no-such-field",
      message: expect.stringMatching(/no field data\. Found lists at baseline \(1 × .*results\.our\.system \(2 × /),
    });
    await expect(readWith(readCaptionResults, content, { columns: ["image_id", "text"] })).rejects.toThrow(
      /there is no text, but "image_id", "caption", "prediction"/,
    );
  });

  test.each([
    [
      "no text",
      json([{ image_id: 1, words: "a" }]),
      'no field for the caption: looked for caption, .*found "image_id", "words"',
    ],
    ["no id", "name,caption\na,b\n", 'line 1: no field for the id: looked for image_id, .*found "name", "caption"'],
    ["texts without ids", '["a", "b"]', 'expected an object with image_id and caption, found the text "a"'],
    ["several captions", json({ "1": ["a", "b"], "2": ["c"] }), "several texts for an id"],
    ["no list at all", json({ model: { name: "x", size: 3 } }), 'Found an object with "model"'],
    ["a record without its text", json([records[0], { image_id: 2 }]), "\\[1\\]\\.caption: expected string"],
  ])("%s: what was looked for and found", async (_, content, message) => {
    await expect(readWith(readCaptionResults, content)).rejects.toMatchObject({
      code: "wrong-schema",
      message: expect.stringMatching(message),
    });
  });

  test("a comma in a text without quotes is found by its line", async () => {
    await expect(readWith(readCaptionResults, "image_id,caption\n1,a\n2,b, c\n")).rejects.toMatchObject({
      code: "bad-csv",
      message: expect.stringMatching(/line 3: .*stands in quotes/),
    });
  });
});

test("answers: VizWiz's pictures, GQA's and LLaVA's names", async () => {
  const vizwiz = [{ image: "VizWiz_val_00000000.jpg", answer: "can" }];
  expect((await readWith(readVqaResults, json(vizwiz))).results).toEqual([
    { id: "VizWiz_val_00000000.jpg", answer: "can" },
  ]);
  const gqa = [{ questionId: "0042", prediction: "can" }];
  expect((await readWith(readVqaResults, json(gqa))).results).toEqual([{ id: "0042", answer: "can" }]);
  const llava = { question_id: 1, prompt: "what?", text: "can", answer_id: "x", model_id: "y", metadata: {} };
  expect((await readWith(readVqaResults, json(llava))).results).toEqual([{ id: "1", answer: "can" }]);
});

test("choices: names of columns, tabs and semicolons, with or without a header", async () => {
  const expected = [{ id: "dev-1-0-0", label: true }];
  for (const content of [
    "dev-1-0-0;True",
    "dev-1-0-0\tTrue",
    "identifier,prediction\ndev-1-0-0,True",
    json({ "dev-1-0-0": "True" }),
  ]) {
    expect((await readWith(readNlvr2Results, content)).results).toEqual(expected);
  }
  const pairs = json({ results: [{ pairID: "1#2", sentence: "a", prediction: "Neutral" }] });
  expect((await readWith(readSnliVeResults, pairs)).results).toEqual([{ id: "1#2", label: "neutral" }]);
});
