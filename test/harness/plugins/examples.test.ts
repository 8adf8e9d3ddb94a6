import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import type { RunComparison } from "../../../harness/compare/comparison.js";
import type { Manifest } from "../../../harness/runs/manifest.js";
import type { ScoreReport } from "../../../harness/tasks/score-report.js";
import { project, runBinary, runCli, Scratch } from "../cli/run-cli.js";
import { runBuilt } from "./built.js";

const scratch = new Scratch();
const readProject = <T>(path: string): T => JSON.parse(readFileSync(join(project, path), "utf8")) as T;

/** Runs a command that must go well. */
async function succeed(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runBuilt(...args);
  expect([code, stderr]).toEqual([0, expect.not.stringContaining("bug")]);
  return stdout;
}

/** The value that a comparison gives for a run's score on all examples. */
function findScore({ scores }: RunComparison, run: string, score: string): number {
  return scores.find((row) => row.run === run && row.score === score && row.subset === "all")!.value;
}

describe("the metric", () => {
  const PLUGIN = ["--plugin", "examples/metric/length-ratio.ts"];
  const FILES = [
    "--references=fixtures/nocaps/annotations.json",
    "--predictions=fixtures/nocaps/predictions-zero-shot.json",
  ];
  const captions = readProject<{ image_id: number; caption: string }[]>("fixtures/nocaps/predictions-zero-shot.json");
  const { images, annotations } = readProject<{
    images: { id: number; domain: string }[];
    annotations: { image_id: number; caption: string }[];
  }>("fixtures/nocaps/annotations.json");

  const countWords = (text: string) => text.trim().split(/\s+/).length;
  function lengthRatio(domain?: string): number {
    const chosen = images.filter((image) => domain === undefined || image.domain === domain);
    const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
    const said = chosen.map(({ id }) => countWords(captions.find(({ image_id }) => image_id === id)!.caption));
    const expected = chosen.map(({ id }) => {
      const counts = annotations.filter(({ image_id }) => image_id === id).map(({ caption }) => countWords(caption));
      return sum(counts) / counts.length;
    });
    return sum(said) / sum(expected);
  }

  test("scores what it says it does, of all examples and of a domain", async () => {
    const out = scratch.at("scores.json");
    const metrics = ["--metrics", "length-ratio,rouge", "--by-domain", "--json", out];
    await succeed("score", "--task", "caption", ...FILES, ...PLUGIN, ...metrics);
    const report = scratch.readJson<ScoreReport>("scores.json");
    expect(Object.keys(report.scores)).toEqual(["ROUGE_L", "length_ratio"]);
    expect(report.scores.length_ratio).toBeCloseTo(lengthRatio(), 12);
    expect(report.signatures["length ratio"]).toMatch(/^length ratio\|tok:white-space\|version:/);
    expect(report.byDomain!["in-domain"]!.scores.length_ratio).toBeCloseTo(lengthRatio("in-domain"), 12);
    expect(lengthRatio("in-domain")).not.toBeCloseTo(lengthRatio(), 3);
  });

  test("through the binary", () => {
    const args = ["score", "--task", "caption", ...FILES, ...PLUGIN, "--metrics", "length-ratio"];
    const { code, stdout, stderr } = runBinary(args);
    expect([code, stderr, stdout]).toEqual([0, "", expect.stringContaining(lengthRatio().toFixed(4))]);
  });
});

/** What the lines of examples/task come to, counted by hand: careful takes 2 for 3, careless 4 for 2. */
const SCORES = {
  careful: { accuracy: 7 / 8, count_error: 1 / 8, red: { accuracy: 3 / 4, count_error: 1 / 4 } },
  careless: { accuracy: 7 / 8, count_error: 2 / 8, red: { accuracy: 1, count_error: 0 } },
};

describe.each([
  ["named by --plugin", ["--plugin", "examples/task/count-dots.ts"]],
  ["named beside the data", []],
])("the task, %s", (way, plugin) => {
  const place = (name: string) => scratch.at(`${way.replaceAll(" ", "-")}-${name}`);
  const runs = Object.keys(SCORES).map((name) => place(name));

  beforeAll(async () => {
    for (const [i, name] of Object.keys(SCORES).entries()) {
      const from = ["--data", "examples/task/data", "--predictions", `examples/task/${name}.json`];
      await succeed("run", "--task", "count-dots", ...from, "--out", runs[i]!, "--label", name, ...plugin);
    }
  });

  test("run: scores of all and of a group, results in its own format, the plug-in in the manifest", () => {
    for (const [i, [name, { red, ...all }]] of Object.entries(SCORES).entries()) {
      const scores = JSON.parse(readFileSync(join(runs[i]!, "scores.json"), "utf8")) as ScoreReport;
      expect(scores).toMatchObject({ examples: 8, scores: all, byDomain: { red: { examples: 4, scores: red } } });
      const results = JSON.parse(readFileSync(join(runs[i]!, "counts.json"), "utf8")) as unknown;
      expect(results).toEqual(readProject(`examples/task/${name}.json`));
      const { plugins } = JSON.parse(readFileSync(join(runs[i]!, "manifest.json"), "utf8")) as Manifest;
      expect(plugins).toContainEqual({
        name: "count-dots.ts",
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        defines: ["metric count-error", "task count-dots"],
      });
    }
  });

  test("score", async () => {
    const files = ["--references", "examples/task/data/test.json", "--predictions", "examples/task/careful.json"];
    await succeed("score", "--task", "count-dots", ...files, "--json", place("scored.json"), ...plugin);
    const { red: _, ...scores } = SCORES.careful;
    expect(JSON.parse(readFileSync(place("scored.json"), "utf8"))).toMatchObject({ task: "count-dots", scores });
  });

  test("compare", async () => {
    const text = await succeed("compare", ...runs, "--resamples", "50", "--json", place("comparison.json"), ...plugin);
    expect(text).toMatch(/better on 1 example, worse on 1, equal on 6/);
    const comparison = JSON.parse(readFileSync(place("comparison.json"), "utf8")) as RunComparison;
    for (const [name, { accuracy, count_error }] of Object.entries(SCORES)) {
      expect(findScore(comparison, name, "accuracy")).toBe(accuracy);
      expect(findScore(comparison, name, "count_error")).toBe(count_error);
    }
    const [{ wins, losses }] = comparison.winsAndLosses as [RunComparison["winsAndLosses"][number]];
    expect(wins).toMatchObject([{ id: "d3", asked: "how many red dots", reference: "2" }]);
    expect(losses).toMatchObject([{ id: "d6", asked: "how many blue dots", reference: "4" }]);
  });

  test("report, and verify of run and report", async () => {
    const report = place("report.html");
    await succeed("report", ...runs, "--out", report, "--resamples", "50", "--explore", "0", ...plugin);
    expect(readFileSync(report, "utf8")).toContain("how many red dots");
    const verified = await succeed("verify", runs[0]!, ...plugin);
    expect(verified).toBe("confirmed: data, predictions file, predictions, results, scores\n");
    // A report carries the data, but no plug-in.
    const checked = await succeed("verify", report, "--plugin", "examples/task/count-dots.ts");
    expect(checked).toBe("confirmed: values, sections, data files, scores, drawing\n");
  });
});

describe("the family", () => {
  const PLUGIN = ["--plugin", "examples/family/mean-colour.mjs"];
  const CHECKPOINT = "examples/family/checkpoint";
  const { words } = readProject<{ words: Record<string, number[]> }>(`${CHECKPOINT}/config.json`);
  const COLOURS = ["red", "green", "blue"];
  const background = (name: string) => {
    const [r, g, b] = words[name] as [number, number, number];
    return { r, g, b };
  };
  const solid = (name: string, width: number) =>
    sharp({ create: { width, height: 32, channels: 3, background: background(name) } });

  beforeAll(async () => {
    mkdirSync(scratch.at("data"));
    for (const name of COLOURS)
      await solid(name, 32)
        .png()
        .toFile(scratch.at(`data/${name}.png`));
    const blue = await solid("blue", 8).png().toBuffer();
    await solid("red", 32)
      .composite([{ input: blue, left: 24, top: 0 }])
      .png()
      .toFile(scratch.at("halves.png"));
    scratch.write("data/test.json", {
      images: COLOURS.map((name, i) => ({ id: i + 1, file_name: `${name}.png` })),
      annotations: COLOURS.map((caption, i) => ({ id: i, image_id: i + 1, caption })),
    });
    mkdirSync(scratch.at("swapped"));
    scratch.write("swapped/config.json", {
      model_type: "mean-colour",
      words: { ...words, red: words.blue, blue: words.red },
    });
  });

  test("caption", async () => {
    const pictures = COLOURS.map((name) => scratch.at(`data/${name}.png`));
    const text = await succeed("caption", ...pictures, ...PLUGIN, "--checkpoint", CHECKPOINT, "--json");
    const captions = JSON.parse(text) as { caption: string }[];
    expect(captions.map(({ caption }) => caption)).toEqual(COLOURS);
  });

  test("attend: the word looks at the patches of its colour, and at each of them alike", async () => {
    const out = ["--out", scratch.at("map.svg"), "--json"];
    const text = await succeed("attend", scratch.at("halves.png"), ...PLUGIN, "--checkpoint", CHECKPOINT, ...out);
    const { caption, words } = JSON.parse(text) as { caption: string; words: { map: number[][] }[] };
    expect([caption, words.length]).toEqual(["red", 1]);
    // 32 pixels are 8 patches a side; a quarter of them, the last 2 columns, is blue.
    for (const row of words[0]!.map) {
      for (const [column, weight] of row.entries()) expect(weight).toBeCloseTo(column < 6 ? 1 / 48 : 0, 4);
    }
    expect(readFileSync(scratch.at("map.svg"), "utf8")).toContain("<svg");
  });

  test("inspect", async () => {
    const shown = JSON.parse(await succeed("inspect", CHECKPOINT, ...PLUGIN, "--json")) as object;
    expect(shown).toMatchObject({ config: { model_type: "mean-colour", words }, parameters: 0 });
  });

  test("run, compare, report, verify; without the plug-in a note", async () => {
    const runs = { right: scratch.at("right"), swapped: scratch.at("swapped-run") };
    const checkpoints = { right: CHECKPOINT, swapped: scratch.at("swapped") };
    for (const name of ["right", "swapped"] as const) {
      const from = ["--data", scratch.at("data"), "--checkpoint", checkpoints[name], "--label", name];
      await succeed("run", "--task", "caption", ...from, "--out", runs[name], ...PLUGIN);
    }
    const out = ["--resamples", "50", "--json", scratch.at("colours.json")];
    await succeed("compare", runs.right, runs.swapped, ...out, ...PLUGIN);
    const comparison = scratch.readJson<RunComparison>("colours.json");
    // A caption of one word is its reference or has nothing of it.
    expect(findScore(comparison, "right", "ROUGE_L")).toBeCloseTo(1, 12);
    expect(findScore(comparison, "swapped", "ROUGE_L")).toBeCloseTo(1 / 3, 12);

    const report = scratch.at("colours.html");
    await succeed("report", ...Object.values(runs), "--out", report, "--resamples", "50", ...PLUGIN);
    expect(readFileSync(report, "utf8")).toContain("a checkpoint of mean colour, 6 words");
    expect(await succeed("verify", runs.right, ...PLUGIN)).toBe(
      "confirmed: data, checkpoint, predictions, results, scores, pictures\n",
    );
    const all =
      /^note: the data set's pictures .*\nconfirmed: values, sections, data files, attention maps, scores, drawing\n$/;
    expect(await succeed("verify", report, ...PLUGIN)).toMatch(all);

    // The sources' own registry has not seen the plug-in.
    expect(await runCli("verify", runs.right)).toEqual({
      code: 0,
      stderr: "",
      stdout: expect.stringMatching(
        /^note: examples\/family\/checkpoint, .*\(mean-colour\) is not known here: not hashed\. The run was made with the plug-ins? .*mean-colour\.mjs \(family mean-colour\).*\nconfirmed: data, predictions, results, scores, pictures\n$/,
      ),
    });
    expect(await runCli("verify", report)).toEqual({ code: 0, stderr: "", stdout: expect.stringMatching(all) });
  });
});
