import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { cider, holm, vqaAccuracy } from "@simvlm/metrics";
import { describe, expect, test } from "vitest";
import { runCli, Scratch } from "./run-cli.js";

interface Difference {
  value: number;
  againstValue: number;
  difference: number;
  low: number;
  high: number;
  pBootstrap: number;
  pPermutation: number;
  mcNemar?: unknown;
  holm?: { pBootstrap: number; pPermutation: number };
}

interface Report {
  task: string;
  examples: number;
  missing?: number;
  scores: Record<string, number> & { perAnswerType?: Record<string, number>; perQuestionType?: Record<string, number> };
  byDomain?: Record<
    string,
    {
      examples: number;
      scores: Record<string, number>;
      signatures: Record<string, string>;
      comparison?: Record<string, Difference>;
    }
  >;
  intervals?: Record<string, { low: number; high: number; score: number }>;
  comparison?: Record<string, Difference>;
  correction?: string;
  signatures: Record<string, string>;
}

const NOCAPS = ["--task", "caption", "--references", "fixtures/nocaps/annotations.json"];
const ZERO_SHOT = ["--predictions", "fixtures/nocaps/predictions-zero-shot.json"];
const COCO_ONLY = "fixtures/nocaps/predictions-coco-only.json";

/** VQA's files are three data sets'; what they were taken for is said. */
const SAID = /^(?:simvlm: .*: read as VQA v2, OK-VQA, and VizWiz in their form: \d+ examples\n)?$/;

async function scoreToJson(...args: string[]): Promise<Report> {
  const scratch = new Scratch();
  const { code, stderr } = await runCli("score", ...args, "--json", scratch.at("out.json"));
  expect(stderr).toMatch(SAID);
  expect(code).toBe(0);
  return scratch.readJson<Report>("out.json");
}

describe("captions", () => {
  test("scores, signatures and domains of a NoCaps-format set", async () => {
    const report = await scoreToJson(...NOCAPS, ...ZERO_SHOT, "--by-domain");
    expect(report).toMatchObject({ task: "caption", examples: 24 });
    expect(Object.keys(report.scores)).toEqual(["Bleu_1", "Bleu_2", "Bleu_3", "Bleu_4", "CIDEr", "ROUGE_L"]);
    expect(Object.keys(report.byDomain!)).toEqual(["in-domain", "near-domain", "out-domain"]);
    // shared frequencies: the whole is the mean over images, not over domains
    const domains = Object.values(report.byDomain!);
    const mean = domains.reduce((sum, { examples, scores }) => sum + examples * scores.CIDEr!, 0) / 24;
    expect(report.scores.CIDEr).toBeCloseTo(mean, 12);
    expect(report.signatures.CIDEr).toContain("df:references(shared)");
  });

  test("each domain with its own document frequencies equals scoring the domain alone", async () => {
    const report = await scoreToJson(...NOCAPS, ...ZERO_SHOT, "--df", "per-domain");
    const { images, annotations } = JSON.parse(readFileSync("fixtures/nocaps/annotations.json", "utf8")) as {
      images: { id: number; domain: string }[];
      annotations: { image_id: number; caption: string }[];
    };
    const results = JSON.parse(readFileSync("fixtures/nocaps/predictions-zero-shot.json", "utf8")) as {
      image_id: number;
      caption: string;
    }[];
    const ids = images.filter(({ domain }) => domain === "out-domain").map(({ id }) => id);
    const alone = cider(
      ids.map((id) => results.find(({ image_id }) => image_id === id)!.caption),
      ids.map((id) => annotations.filter(({ image_id }) => image_id === id).map(({ caption }) => caption)),
    );
    const outDomain = report.byDomain!["out-domain"]!;
    expect(outDomain.scores.CIDEr).toBe(alone.scores.CIDEr);
    expect(outDomain.signatures.CIDEr).toContain("df:references(per-domain)");
    expect(outDomain.signatures.CIDEr).toContain("documents:8");
  });

  test("chosen metrics, one line an example", async () => {
    const scratch = new Scratch();
    const { code, stdout } = await runCli(
      "score",
      ...NOCAPS,
      ...ZERO_SHOT,
      "--metrics",
      "cider,rouge",
      "--per-example",
      scratch.at("p.jsonl"),
    );
    expect(code).toBe(0);
    expect(stdout).not.toContain("Bleu");
    const lines = readFileSync(scratch.at("p.jsonl"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { id: string; scores: Record<string, number> });
    expect(lines).toHaveLength(24);
    expect(Object.keys(lines[0]!.scores)).toEqual(["CIDEr", "ROUGE_L"]);
    const report = await scoreToJson(...NOCAPS, ...ZERO_SHOT);
    const mean = lines.reduce((sum, { scores }) => sum + scores.CIDEr!, 0) / lines.length;
    expect(report.scores.CIDEr).toBeCloseTo(mean, 12);
  });

  test("intervals hold the score, differences have p-values, the seed decides", async () => {
    const args = [...NOCAPS, ...ZERO_SHOT, "--ci", "--against", COCO_ONLY, "--resamples", "200"];
    const report = await scoreToJson(...args);
    const { low, high, score } = report.intervals!.CIDEr!;
    expect(low).toBeLessThan(score);
    expect(high).toBeGreaterThan(score);
    expect(report.comparison!.CIDEr!.difference).toBeGreaterThan(0.2);
    expect(report.comparison!.CIDEr!.pBootstrap).toBeLessThan(0.05);
    expect(await scoreToJson(...args)).toEqual(report);
    expect(await scoreToJson(...args, "--seed", "7")).not.toEqual(report);
  });

  test("differences by domain, with the sign and the names of compare", async () => {
    const args = [...NOCAPS, ...ZERO_SHOT, "--against", COCO_ONLY, "--by-domain", "--resamples", "200"];
    const report = await scoreToJson(...args);
    const { scores, comparison } = report.byDomain!["out-domain"]!;
    const { value, againstValue, difference, low, high, pBootstrap } = comparison!.CIDEr!;
    expect(value).toBe(scores.CIDEr);
    expect(difference).toBeCloseTo(value - againstValue, 12);
    expect(pBootstrap < 0.05).toBe(low > 0 || high < 0);
    const { stdout } = await runCli("score", ...args);
    expect(stdout).toMatch(/predictions minus against\n.*\n│ +│ score +│ predictions │ against │ difference │/);
    expect(stdout).toMatch(/out-domain +│ CIDEr /);
    expect(stdout).toMatch(/< 0\.005/);
  });

  test("--correct holm: one family of all domains and scores, beside the p-values themselves", async () => {
    const args = [...NOCAPS, ...ZERO_SHOT, "--against", COCO_ONLY, "--by-domain", "--correct", "holm"];
    const report = await scoreToJson(...args);
    const parts = [report.comparison!, ...Object.values(report.byDomain!).map(({ comparison }) => comparison!)];
    const rows = parts.flatMap((part) => Object.values(part));
    expect(rows).toHaveLength(24);
    expect(rows.map((row) => row.holm!.pBootstrap)).toEqual(holm(rows.map(({ pBootstrap }) => pBootstrap)));
    expect(rows.map((row) => row.holm!.pPermutation)).toEqual(holm(rows.map(({ pPermutation }) => pPermutation)));
    const { stdout } = await runCli("score", ...args, "--resamples", "100");
    expect(stdout).toContain("p (bootstrap, Holm)");
    expect(stdout).toContain("all 24 differences are one family");
    expect(stdout).toMatch(/│ +< 0\.01 │ +< 0\.3 │/); // 24 times the least that 100 resamples tell is a bound, too
    expect(stdout).toContain("With 100 resamples no corrected p-value can be below 0.238: take more.");
    expect(await runCli("score", ...NOCAPS, ...ZERO_SHOT, "--correct", "holm")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--correct has no meaning without --against"),
    });
    expect((await runCli("score", ...args, "--correct", "bonferroni")).stderr).toMatch(/Allowed choices are holm/);
  });

  test("tables as Markdown and as LaTeX, not both", async () => {
    const markdown = await runCli("score", ...NOCAPS, ...ZERO_SHOT, "--by-domain", "--markdown");
    expect(markdown.stdout).toMatch(/^\| caption \| examples \| CIDEr \| Bleu\\_1 /);
    expect(markdown.stdout).toMatch(/\n\| in-domain \| 8 \| 1\.\d{4} \|/);
    const latex = await runCli("score", ...NOCAPS, ...ZERO_SHOT, "--ci", "--resamples", "20", "--latex");
    expect(latex.stdout).toMatch(/\\toprule\ncaption & examples & CIDEr & Bleu\\_1 /);
    expect(latex.stdout).toMatch(/\nall & 24 & 1\.\d{4} \[\d\.\d{3}, \d\.\d{3}\] & /);
    const both = await runCli("score", ...NOCAPS, ...ZERO_SHOT, "--markdown", "--latex");
    expect([both.code, both.stderr]).toEqual([
      2,
      expect.stringMatching(/'--markdown' cannot be used with .*'--latex'/),
    ]);
  });

  test("a subset says so in the table and in every signature", async () => {
    const scratch = new Scratch();
    const results = JSON.parse(readFileSync(COCO_ONLY, "utf8")) as unknown[];
    const some = scratch.write("some.json", results.slice(0, 20));
    const { stdout } = await runCli("score", ...NOCAPS, "--predictions", some, "--allow-missing");
    expect(stdout).toContain("Only 20 of 24 examples have a prediction");
    const report = await scoreToJson(...NOCAPS, "--predictions", some, "--allow-missing");
    expect(report).toMatchObject({ examples: 20, missing: 4 });
    for (const signature of Object.values(report.signatures)) expect(signature).toMatch(/\|missing:4$/);
  });

  test("packed files score the same", async () => {
    const scratch = new Scratch();
    const packed = scratch.write("a.json.gz", gzipSync(readFileSync("fixtures/nocaps/annotations.json")));
    expect(await scoreToJson("--task", "caption", "--references", packed, ...ZERO_SHOT)).toEqual(
      await scoreToJson(...NOCAPS, ...ZERO_SHOT),
    );
  });

  test("odd characters neither crash nor shift another caption", async () => {
    const scratch = new Scratch();
    const plain = ["a dog runs", "a cat sits", "a bird sings"];
    const odd = ["a dog\rruns \u2028now", "", "\u0000\ud83d \ud83d\ude00 \u0085 a bird\u000bsings"];
    const references = (captions: string[]) => ({
      images: captions.map((_, id) => ({ id, file_name: `${id}.jpg` })),
      annotations: captions.map((caption, id) => ({ id, image_id: id, caption })),
    });
    const results = (captions: string[]) => captions.map((caption, image_id) => ({ image_id, caption }));
    const run = async (first: string[], second: string[]) => {
      const [r, p] = [scratch.write("r.json", references(first)), scratch.write("p.json", results(second))];
      return await runCli(
        "score",
        "--task",
        "caption",
        "--references",
        r,
        "--predictions",
        p,
        "--per-example",
        scratch.at("e.jsonl"),
      );
    };
    const { code, stderr } = await run(plain, odd);
    expect(code).toBe(0);
    expect(stderr).toContain(
      "the captions of 0 (prediction), 2 (prediction) contain a carriage return or line separator",
    );
    const scores = readFileSync(scratch.at("e.jsonl"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { scores: Record<string, number> }).scores);
    expect(scores[0]!.Bleu_1).toBeGreaterThan(0.7);
    expect(scores[1]!.Bleu_1).toBeLessThan(1e-9);
    expect(scores[2]!.ROUGE_L).toBe(1);
    expect(
      (
        await run(
          odd.map((caption) => caption || "."),
          plain,
        )
      ).code,
    ).toBe(0);
  });
});

test("VQA: percent by answer type and question type, rounded as officially", async () => {
  const scratch = new Scratch();
  const answers = (...texts: string[]) =>
    texts.map((answer, i) => ({ answer, answer_id: i + 1, answer_confidence: "yes" }));
  const annotations = [
    {
      question_id: 1,
      image_id: 5,
      question_type: "is the",
      answer_type: "yes/no",
      answers: answers("yes", "yes", "no"),
    },
    {
      question_id: 2,
      image_id: 5,
      question_type: "how many",
      answer_type: "number",
      answers: answers("2", "two", "3", "2"),
    },
  ];
  const references = scratch.write("annotations.json", { data_subtype: "val2014", annotations });
  const predictions = scratch.write("results.json", [
    { question_id: 2, answer: "Two." },
    { question_id: 1, answer: "Yes" },
  ]);
  const report = await scoreToJson(
    "--task",
    "vqa",
    "--references",
    references,
    "--predictions",
    predictions,
    "--ci",
    "--against",
    predictions,
  );
  const expected = vqaAccuracy(
    ["Yes", "Two."],
    annotations.map((a) => ({ ...a, questionType: a.question_type, answerType: a.answer_type })),
  );
  expect(report.scores).toEqual({
    accuracy: expected.scores.accuracy,
    perAnswerType: expected.perAnswerType,
    perQuestionType: expected.perQuestionType,
  });
  expect(report.scores.perAnswerType).toEqual({ "yes/no": 44.44, number: 75 });
  expect(report.comparison!.accuracy!.pPermutation).toBe(1);
});

test("NLVR2: accuracy and consistency", async () => {
  const scratch = new Scratch();
  const line = (identifier: string, label: string) => `${JSON.stringify({ identifier, sentence: "s", label })}\n`;
  const references = scratch.write(
    "dev.json",
    line("dev-1-0-0", "True") + line("dev-1-1-0", "False") + line("dev-2-0-0", "True"),
  );
  const predictions = scratch.write("p.csv", "dev-1-0-0,True\ndev-1-1-0,True\ndev-2-0-0,True\n");
  const report = await scoreToJson("--task", "nlvr2", "--references", references, "--predictions", predictions);
  expect(report.scores).toEqual({ accuracy: 2 / 3, consistency: 1 / 2 });
});

test("any metric scores any task that has what it needs; others say what they lack", async () => {
  const scratch = new Scratch();
  const line = (identifier: string, label: string) => `${JSON.stringify({ identifier, sentence: "s", label })}\n`;
  const references = scratch.write("dev.json", line("dev-1-0-0", "True") + line("dev-1-1-0", "False"));
  const predictions = scratch.write("p.csv", "dev-1-0-0,True\ndev-1-1-0,True\n");
  const files = ["--task", "nlvr2", "--references", references, "--predictions", predictions];
  const report = await scoreToJson(...files, "--metrics", "accuracy,accuracy");
  expect(report.scores).toMatchObject({ accuracy: 0.5, confusion: { False: { True: 1 } } });
  expect(Object.keys(report.signatures)).toEqual(["accuracy"]);
  expect(await runCli("score", ...files, "--metrics", "accuracy,nlvr2")).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/metrics nlvr2 and accuracy both give a score called accuracy/),
  });
  expect(await runCli("score", ...files, "--metrics", "vqa-accuracy")).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/metric vqa-accuracy needs answers, and example dev-1-0-0 has none/),
  });
  expect(await runCli("score", ...files, "--metrics", "wisdom")).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/no metric wisdom: it is one of .*cider.*\(--metrics/),
  });
});

test("SNLI-VE: accuracy; pairs without a label do not count", async () => {
  const scratch = new Scratch();
  const row = (pairID: string, gold_label: string) =>
    `${JSON.stringify({ pairID, gold_label, sentence1: "p", sentence2: "h", Flickr30K_ID: "7" })}\n`;
  const references = scratch.write("dev.jsonl", row("a", "neutral") + row("b", "-") + row("c", "entailment"));
  const predictions = scratch.write("p.json", [
    { pairID: "a", prediction: "neutral" },
    { pairID: "b", prediction: "neutral" },
    { pairID: "c", prediction: "neutral" },
  ]);
  const report = await scoreToJson("--task", "snli-ve", "--references", references, "--predictions", predictions);
  expect(report).toMatchObject({ examples: 2, scores: { accuracy: 0.5 } });
  expect(
    (await runCli("score", "--task", "snli-ve", "--references", references, "--predictions", predictions)).stdout,
  ).toContain("neutral");
});

test("translations: sacreBLEU, line by line", async () => {
  const scratch = new Scratch();
  const references = scratch.write("test.de", "Ein Hund läuft im Park .\nZwei Männer sitzen auf einer Bank.\n");
  const predictions = scratch.write("out.de", "Ein Hund läuft im Park .\nZwei Männer stehen auf einer Bank.\n");
  const report = await scoreToJson("--task", "translate", "--references", references, "--predictions", predictions);
  expect(report.scores.sacreBLEU).toBeGreaterThan(50);
  expect(report.scores.sacreBLEU).toBeLessThan(100);
  expect(
    (await scoreToJson("--task", "translate", "--references", references, "--predictions", references)).scores
      .sacreBLEU,
  ).toBeCloseTo(100, 10);
});
