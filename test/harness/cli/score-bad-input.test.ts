import { existsSync, mkdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { runCli, Scratch } from "./run-cli.js";

const image = (id: number) => ({ id, file_name: `${id}.jpg` });
const REFERENCES = {
  images: [1, 2, 3].map(image),
  annotations: [1, 2, 3].map((id) => ({ id, image_id: id, caption: "a dog runs" })),
};
const RESULTS = [1, 2, 3].map((image_id) => ({ image_id, caption: "a dog" }));

/** What is wrong, the two files' contents, and what the message must say. */
const CASES: [string, unknown, unknown, RegExp][] = [
  ["predictions that are not JSON", REFERENCES, '[{"image_id": 1,', /predictions\.json.*not JSON/],
  ["references that are not JSON", "captions", RESULTS, /references\.json.*not JSON/],
  [
    "a caption that is not a text",
    REFERENCES,
    [...RESULTS.slice(0, 2), { image_id: 3, caption: 7 }],
    /predictions\.json: \[2\]\.caption/,
  ],
  [
    "references without images",
    { annotations: [] },
    RESULTS,
    /references\.json is in no format.*a JSON object with annotations/,
  ],
  [
    "an annotation without a caption",
    { ...REFERENCES, annotations: [{ id: 1, image_id: 1 }] },
    RESULTS,
    /annotations\[0\]\.caption/,
  ],
  ["missing predictions", REFERENCES, RESULTS.slice(0, 1), /no prediction for 2 of 3 examples: 2, 3/],
  ["a prediction for an unknown id", REFERENCES, [...RESULTS, { image_id: 99, caption: "x" }], /no id 99/],
  ["two predictions for one id", REFERENCES, [...RESULTS, RESULTS[0]], /more than one prediction for id 1/],
  [
    "an image without references",
    { ...REFERENCES, images: [...REFERENCES.images, image(4)] },
    [...RESULTS, { image_id: 4, caption: "x" }],
    /references\.json: 1 of 4 examples have no references: 4\. .*\(--skip-missing-references leaves them out\)/,
  ],
  ["an empty list of predictions", REFERENCES, [], /has no predictions/],
  ["an empty predictions file", REFERENCES, "", /has no predictions/],
  [
    "a reference to an unknown image",
    { ...REFERENCES, annotations: [...REFERENCES.annotations, { id: 9, image_id: 9, caption: "x" }] },
    RESULTS,
    /references\.json.*9/,
  ],
  [
    "an id with an escape sequence",
    REFERENCES,
    [...RESULTS, { image_id: "\u001b[2J", caption: "x" }],
    /no id \ufffd\[2J\./,
  ],
  [
    "an id that would begin a line, as a command to a CI service",
    REFERENCES,
    [...RESULTS, { image_id: "x\n::error::y", caption: "x" }],
    /no id x ::error::y\./,
  ],
  [
    "an Excel workbook instead of references",
    Buffer.from("PK\u0003\u0004\u0014\u0000\u0006\u0000"),
    RESULTS,
    /references\.json is an Excel workbook or a zip, which is not read\. Save .* It should hold captions\./,
  ],
  [
    "COCO's boxes instead of its captions",
    { ...REFERENCES, annotations: [{ id: 1, image_id: 1, category_id: 3, bbox: [0, 0, 1, 1] }] },
    RESULTS,
    /annotations\[0\]\.caption: .* a file of captions as COCO and NoCaps have it/,
  ],
  ["bytes that are not UTF-8", REFERENCES, Buffer.from([0x5b, 0xff, 0xfe, 0x5d]), /not UTF-8/],
  ["broken gzip", REFERENCES, Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]), /broken gzip/],
];

describe("bad input: one clear message, exit code 2, no output file", () => {
  test.each(CASES)("%s", async (_, references, predictions, message) => {
    const scratch = new Scratch();
    const files = [
      "--references",
      scratch.write("references.json", references),
      "--predictions",
      scratch.write("predictions.json", predictions),
    ];
    const outputs = ["--json", scratch.at("out.json"), "--per-example", scratch.at("out.jsonl")];
    const { code, stdout, stderr } = await runCli("score", "--task", "caption", ...files, ...outputs);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(scratch.list()).toEqual(["predictions.json", "references.json"]);
  });

  test("parallel texts of different lengths", async () => {
    const scratch = new Scratch();
    const files = [
      "--references",
      scratch.write("r.de", "eins\nzwei\n"),
      "--predictions",
      scratch.write("p.de", "eins\n"),
    ];
    const { code, stderr } = await runCli("score", "--task", "translate", ...files, "--json", scratch.at("out.json"));
    expect(stderr).toMatch(/r\.de has 2 lines, .*p\.de has 1 line/);
    expect(code).toBe(2);
    expect(existsSync(scratch.at("out.json"))).toBe(false);
  });

  test("a missing file and a folder", async () => {
    const scratch = new Scratch();
    const references = scratch.write("references.json", REFERENCES);
    mkdirSync(scratch.at("folder"));
    const score = (predictions: string) =>
      runCli("score", "--task", "caption", "--references", references, "--predictions", predictions);
    expect(await score(scratch.at("none.json"))).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/none\.json.*no such file/),
    });
    expect(await score(scratch.at("folder"))).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/folder is a folder/),
    });
  });

  test("an output that cannot be written leaves nothing behind", async () => {
    const scratch = new Scratch();
    const files = [
      "--references",
      scratch.write("references.json", REFERENCES),
      "--predictions",
      scratch.write("predictions.json", RESULTS),
    ];
    const { code, stderr } = await runCli(
      "score",
      "--task",
      "caption",
      ...files,
      "--json",
      scratch.at("none/out.json"),
    );
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(/out\.json cannot be written/) });
    const below = await runCli(
      "score",
      "--task",
      "caption",
      ...files,
      "--json",
      scratch.at("references.json/out.json"),
    );
    expect(below.stderr).toMatch(/out\.json cannot be written: a part of its path is a file, not a folder \(ENOTDIR\)/);
    expect(scratch.list()).toEqual(["predictions.json", "references.json"]);
  });

  test.each([
    ["--json", "references.json"],
    ["--per-example", "predictions.json"],
  ])("%s may not be an input", async (flag, name) => {
    const scratch = new Scratch();
    scratch.write("references.json", REFERENCES);
    scratch.write("predictions.json", RESULTS);
    const files = ["--references", scratch.at("references.json"), "--predictions", scratch.at("predictions.json")];
    const { code, stderr } = await runCli("score", "--task", "caption", ...files, flag, scratch.at(name));
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(/would be overwritten/) });
    expect(scratch.readJson("references.json")).toEqual(REFERENCES);
  });

  test("of two outputs none is written if one cannot be", async () => {
    const scratch = new Scratch();
    const files = [
      "--references",
      scratch.write("references.json", REFERENCES),
      "--predictions",
      scratch.write("predictions.json", RESULTS),
    ];
    const outputs = ["--json", scratch.at("out.json"), "--per-example", scratch.at("none/out.jsonl")];
    expect((await runCli("score", "--task", "caption", ...files, ...outputs)).code).toBe(2);
    expect(scratch.list()).toEqual(["predictions.json", "references.json"]);
  });

  test("systems that were scored on different examples cannot be compared", async () => {
    const scratch = new Scratch();
    const references = scratch.write("references.json", REFERENCES);
    const [a, b] = [scratch.write("a.json", RESULTS), scratch.write("b.json", RESULTS.slice(0, 2))];
    const { code, stderr } = await runCli(
      "score",
      "--task",
      "caption",
      "--references",
      references,
      "--predictions",
      a,
      "--against",
      b,
      "--allow-missing",
    );
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/only one of the two systems has a prediction for 3/),
    });
  });
});

describe("wrong arguments", () => {
  test.each([
    [["score"], /--task/],
    [
      ["score", "--task", "singing", "--references", "r", "--predictions", "p"],
      /no task singing: it is one of caption, vqa/,
    ],
    [["score", "--task", "caption", "--references", "r"], /--predictions/],
    [
      ["score", "--task", "caption", "--references", "r", "--predictions", "p", "--metrics", "blue"],
      /bleu, cider, rouge/,
    ],
    [
      ["score", "--task", "caption", "--references", "r", "--predictions", "p", "--resamples", "0"],
      /whole number, 1 or more/,
    ],
    [
      ["score", "--task", "caption", "--references", "r", "--predictions", "p", "--confidence", "95"],
      /greater than 0 and less than 1/,
    ],
    [["score", "--task", "vqa", "--references", "r", "--predictions", "p", "--by-domain"], /only for --task caption/],
    [
      ["score", "--task", "vqa", "--references", "r", "--predictions", "p", "--df", "per-domain"],
      /--df is only for --task caption/,
    ],
    [
      ["score", "--task", "caption", "--references", "r", "--predictions", "p", "--questions", "q"],
      /only for --task vqa/,
    ],
    [
      ["score", "--task", "caption", "--references", "r", "--predictions", "p", "--nonsense"],
      /unknown option '--nonsense'/,
    ],
    [["paint"], /paint/],
    [[], /Usage: simvlm/],
  ])("%j", async (args, message) => {
    const { code, stderr } = await runCli(...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });

  test("domains of a file without domains", async () => {
    const scratch = new Scratch();
    const files = [
      "--references",
      scratch.write("references.json", REFERENCES),
      "--predictions",
      scratch.write("predictions.json", RESULTS),
    ];
    const { code, stderr } = await runCli("score", "--task", "caption", ...files, "--by-domain");
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/No example of the references has a domain/),
    });
  });

  test("every command has help with an example", async () => {
    for (const args of [["--help"], ["score", "--help"]]) {
      const { code, stdout } = await runCli(...args);
      expect(stdout).toMatch(/Example/);
      expect(code).toBe(0);
    }
  });
});
