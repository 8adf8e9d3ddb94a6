import { existsSync, readFileSync } from "node:fs";
import { correlateRanks, holm, rank, rougeL } from "@simvlm/metrics";
import { describe, expect, test } from "vitest";
import type { AgreementReport } from "../../../harness/tasks/human-agreement.js";
import { CAPTIONS, writeCaptionData } from "../compare/runs.js";
import { runCli, Scratch } from "./run-cli.js";

const scratch = new Scratch();
writeCaptionData(scratch);
const REFERENCES = ["--references", scratch.at("data/test.json")];
const FEW = ["--resamples", "50"];

/** Three captions of each picture: nearly the reference, its first half, another's. */
const RATED = CAPTIONS.flatMap((caption, i) =>
  [`${caption} here`, caption.split(" ").slice(0, 2).join(" "), CAPTIONS[(i + 3) % CAPTIONS.length]!].map(
    (said, k) => ({ image: `${101 + i}.jpg`, caption: said, ratings: [4 - k, Math.max(1, 4 - k - (i % 2))] }),
  ),
);
const csv = `image,caption,rating1,rating2\n${RATED.map(({ image, caption, ratings }) => [image, caption, ...ratings].join(",")).join("\n")}\n`;
const ratings = scratch.write("ratings.csv", csv);
const agreement = (...args: string[]) => runCli("agreement", ...args, ...FEW);

async function toJson(...args: string[]): Promise<AgreementReport> {
  const path = scratch.at("agreement.json");
  const { code, stderr } = await agreement(...args, "--json", path);
  expect([code, stderr]).toEqual([0, expect.not.stringContaining("error")]);
  return scratch.readJson<AgreementReport>("agreement.json");
}

describe("a file of ratings beside references", () => {
  test("tells of each score how well it agrees, the best first, and which are certainly worse", async () => {
    const { code, stdout, stderr } = await agreement(ratings, ...REFERENCES, "--metrics", "bleu,cider,rouge");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/Agreement with people: 42 captions of 14 pictures, 42 ratings \(means\)/);
    for (const name of ["Bleu_1", "Bleu_4", "CIDEr", "ROUGE_L"]) expect(stdout).toMatch(new RegExp(`│ ${name} `));
    expect(stdout).toMatch(/CIDEr-D\|nrefs:2\|tok:ptb\|df:references\(pictures\)\|documents:14/);
  });

  test("the coefficients are those of each caption's score and the mean rating", async () => {
    const report = await toJson(ratings, ...REFERENCES, "--metrics", "rouge");
    const captions = RATED.map(({ caption }) => caption);
    const references = CAPTIONS.flatMap((caption) => [1, 2, 3].map(() => [caption, `${caption} today`]));
    const values = rougeL(captions, references).perExample.ROUGE_L;
    const means = RATED.map(({ ratings: [a, b] }) => (a! + b!) / 2);
    const expected = correlateRanks(rank(values), rank(means));
    expect(report).toMatchObject({ format: 1, captions: 42, pictures: 14, counted: "mean", leftOut: 0 });
    expect(report.rows[0]!.tau_b!.score).toBe(expected.tau_b);
    expect(report.rows[0]!.tau_c!.score).toBe(expected.tau_c);
    expect(report.rows[0]!.spearman!.score).toBe(expected.spearman);
    const each = await toJson(ratings, ...REFERENCES, "--metrics", "rouge", "--each");
    expect([each.ratings, each.counted]).toEqual([84, "each"]);
    expect(each.rows[0]!.accuracy).toEqual(report.rows[0]!.accuracy);
    expect(each.rows[0]!.tau_c).not.toEqual(report.rows[0]!.tau_c);
  });

  test("usual metrics are those that can be computed; what cannot is named", async () => {
    const before = process.env.XDG_DATA_HOME;
    process.env.XDG_DATA_HOME = scratch.at("nothing");
    const { code, stdout, stderr } = await agreement(ratings, ...REFERENCES, "--by", "accuracy", "--correct", "holm");
    if (before === undefined) delete process.env.XDG_DATA_HOME;
    else process.env.XDG_DATA_HOME = before;
    expect([code, stderr]).toEqual([0, expect.stringContaining("note: not scored with meteor: METEOR needs")]);
    expect(stdout).toMatch(/corrected by Holm's method/);
  });

  test("Holm's family is the pairs of scores by one coefficient", async () => {
    const { differences } = await toJson(ratings, ...REFERENCES, "--metrics", "bleu,rouge", "--correct", "holm");
    const coefficients = new Set(differences.map(({ coefficient }) => coefficient));
    expect(coefficients.size).toBeGreaterThan(1);
    for (const coefficient of coefficients) {
      const family = differences.filter((row) => row.coefficient === coefficient);
      expect(family.length).toBeGreaterThan(1);
      expect(family.map((row) => row.holm)).toEqual(holm(family.map(({ pValue }) => pValue)));
    }
  });

  test("as a page: a plot, every score and each pair, with names that stay text", async () => {
    const hostile = scratch.write("<b>ratings.csv", csv);
    const page = scratch.at("agreement.html");
    const given = [hostile, ...REFERENCES, "--metrics", "bleu,rouge", "--correct", "holm", "--report", page];
    const { code, stdout } = await agreement(...given);
    expect([code, stdout]).toEqual([0, expect.stringContaining("With 50 resamples no corrected p-value can be below")]);
    const written = readFileSync(page, "utf8");
    expect(written).toContain("default-src &#39;none&#39;");
    expect(written).toContain("&lt;b&gt;ratings.csv");
    expect(written).not.toContain("<b>ratings");
    for (const part of ["simvlm-plot", "ROUGE_L", "p (Holm)", "certainly better than"]) expect(written).toContain(part);
    const own = await agreement(ratings, ...REFERENCES, "--metrics", "rouge", "--report", ratings);
    expect([own.code, own.stderr]).toEqual([2, expect.stringContaining("must end in .html")]);
  });

  test("as Markdown and LaTeX", async () => {
    const only = [ratings, ...REFERENCES, "--metrics", "cider"];
    expect((await agreement(...only, "--markdown")).stdout).toMatch(/^\| score \| Kendall τ-b \|/m);
    expect((await agreement(...only, "--latex")).stdout).toMatch(/\\begin\{tabular\}/);
  });

  test("captions that are a reference of their picture are left out and counted, or kept", async () => {
    const own = scratch.write(
      "own.json",
      RATED.map((row, i) => (i % 3 === 0 ? { ...row, caption: CAPTIONS[i / 3] } : row)),
    );
    expect(await toJson(own, ...REFERENCES, "--metrics", "rouge")).toMatchObject({ captions: 28, leftOut: 14 });
    const kept = await toJson(own, ...REFERENCES, "--metrics", "rouge", "--keep-references");
    expect(kept).toMatchObject({ captions: 42, leftOut: 0 });
  });
});

test("references beside the ratings need no other file", async () => {
  const rows = RATED.map((row, i) => ({ ...row, references: [CAPTIONS[Math.floor(i / 3)]] }));
  const report = await toJson(scratch.write("beside.json", rows), "--metrics", "rouge", "--keep-references");
  expect(report).toMatchObject({ captions: 42, pictures: 14 });
});

test("preferences alone give the accuracy of choosing", async () => {
  const rows = CAPTIONS.map((caption, i) => ({
    image: 101 + i,
    caption_a: `${caption} here`,
    caption_b: "nothing at all",
    preferred: i < 10 ? "a" : "b",
  }));
  const report = await toJson(scratch.write("pairs.json", rows), ...REFERENCES, "--metrics", "rouge");
  expect(report).toMatchObject({ captions: 28, ratings: 0, preferences: 14 });
  expect(report.rows[0]).toMatchObject({ tau_b: null, accuracy: { score: 10 / 14 } });
});

test("Flickr8k's annotations find their captions by number", async () => {
  const name = (place: number) => `${place}_x.jpg`;
  const tokens = CAPTIONS.flatMap((caption, i) => [`${name(i)}#0\t${caption}`, `${name(i)}#1\t${caption} today`]);
  const file = scratch.write("Flickr8k.token.txt", `${tokens.join("\n")}\n`);
  const lines = CAPTIONS.flatMap((_, i) => {
    const other = (i + 1) % CAPTIONS.length;
    return [`${name(i)}\t${name(i)}#1\t4\t4\t3`, `${name(i)}\t${name(other)}#0\t1\t${1 + (i % 3)}\t1`];
  });
  const expert = scratch.write("ExpertAnnotations.txt", `${lines.join("\n")}\n`);
  const report = await toJson(expert, "--references", file, "--metrics", "rouge", "--each");
  expect(report).toMatchObject({ captions: 14, pictures: 14, ratings: 42, leftOut: 14 });
  const broken = scratch.write("broken.txt", `${name(0)}\t${name(1)}#7\t4\t4\t3\n`);
  const { code, stderr } = await agreement(broken, "--references", file);
  expect([code, stderr]).toEqual([2, expect.stringContaining(`line 1: the references have no caption ${name(1)}#7`)]);
});

test.each<[string, string, RegExp]>([
  [
    "a picture without references",
    "image,caption,rating\n101.jpg,a dog,1\nx.jpg,a cat,2\n",
    /no references for the pictures x\.jpg/,
  ],
  ["ratings that are all the same", "image,caption,rating\n101,a dog,3\n102,a cat,3\n", /All 2 ratings are 3: /],
  ["one picture alone", "image,caption,rating\n101,a dog,3\n101,a cat,2\n", /fewer than two pictures/],
  ["other columns", "picture,words,points\n101,a dog,3\n", /no column for the caption .*\(--columns names them\)/],
])("%s: one clear error, and nothing is written", async (_, content, message) => {
  const path = scratch.write("wrong.csv", content);
  const out = scratch.at("never.json");
  const { code, stdout, stderr } = await agreement(path, ...REFERENCES, "--json", out);
  expect([code, stdout, stderr]).toEqual([2, "", expect.stringMatching(message)]);
  expect(existsSync(out)).toBe(false);
});
