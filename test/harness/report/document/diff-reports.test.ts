import { beforeAll, describe, expect, test } from "vitest";
import type { SliceChange } from "../../../../harness/compare/report-diff.js";
import { buildReport } from "../../../../harness/report/document/build.js";
import type { ReportData } from "../../../../harness/report/document/data.js";
import { diffReports } from "../../../../harness/report/document/diff-reports.js";
import type { Manifest } from "../../../../harness/runs/manifest.js";
import { formatDiff } from "../../../../harness/terminal/diff-tables.js";
import { captionRuns, FEW } from "./world.js";

let report: ReportData;
let good: ReportData;
let poor: ReportData;

beforeAll(async () => {
  const scratch = await captionRuns();
  const build = async (...runs: string[]) =>
    (
      await buildReport(
        runs.map((run) => scratch.at(run)),
        { ...FEW, slices: { by: ["domain", "caption-length:5"] } },
      )
    ).data;
  report = await build("good", "poor");
  good = await build("good");
  poor = await build("poor");
});

/** The report with its first run's manifest changed. */
function withManifest(change: Partial<Manifest>): ReportData {
  const [first, ...others] = report.runs;
  return { ...report, runs: [{ ...first!, manifest: { ...first!.manifest, ...change } }, ...others] };
}

test("a report beside itself: nothing", () => {
  const diff = diffReports(report, report);
  expect([diff.changes, diff.scores, diff.flipped]).toEqual([[], [], []]);
  expect(formatDiff(diff, 10)).toBe("Nothing differs.");
});

test.each<[string, string, unknown, () => Partial<Manifest>]>([
  ["settings", "seed", 7, () => ({ seed: 7 })],
  ["settings", "decoding.beamSize", 5, () => ({ decoding: { beamSize: 5 } })],
  ["settings", "language", "de", () => ({ settings: { ...report.runs[0]!.manifest.settings, language: "de" } })],
  ["data", "split", "val", () => ({ data: { ...report.runs[0]!.manifest.data, split: "val" } })],
  [
    "data",
    "files[test.json].sha256",
    "0".repeat(64),
    () => ({ data: { ...report.runs[0]!.manifest.data, files: [{ path: "test.json", sha256: "0".repeat(64) }] } }),
  ],
  [
    "weights",
    "hashes.weights",
    "abc",
    () => ({ source: { ...report.runs[0]!.manifest.source, hashes: { weights: "abc" } } }),
  ],
  ["weights", "sha256", "def", () => ({ source: { ...report.runs[0]!.manifest.source, sha256: "def" } })],
  ["code", "commit", "fff", () => ({ code: { ...report.runs[0]!.manifest.code, commit: "fff" } })],
  [
    "packages",
    "packages.sharp",
    "9.9.9",
    () => ({ packages: { ...report.runs[0]!.manifest.packages, sharp: "9.9.9" } }),
  ],
  ["packages", "platform.node", "v99", () => ({ platform: { ...report.runs[0]!.manifest.platform, node: "v99" } })],
])("a change of %s: %s", (kind, field, second, change) => {
  const other = withManifest(change());
  const { changes } = diffReports(report, other);
  expect(changes).toEqual([{ kind, run: "good", field, first: changes[0]!.first, second }]);
  expect(changes[0]!.first).not.toEqual(second);
  expect(formatDiff(diffReports(report, other), 10)).toContain(`good · ${field}: `);
});

test("metric signatures and how intervals were resampled", () => {
  const { comparison } = report;
  const signatures = { ...comparison.signatures, CIDEr: "CIDEr-D|sigma:3" };
  const resampling = { ...comparison.resampling, resamples: 77 };
  const other = { ...report, comparison: { ...comparison, signatures, resampling } };
  expect(diffReports(report, other).changes.map(({ kind, field }) => [kind, field])).toEqual([
    ["metrics", "CIDEr"],
    ["metrics", "resampling.resamples"],
  ]);
  expect(diffReports(report, other, { resampling: false }).changes).toHaveLength(1);
});

test("scores with differences, flipped examples with the largest first", () => {
  const diff = diffReports(good, poor);
  expect(diff.runs.both).toEqual([{ first: "good", second: "poor" }]);
  const cider = diff.scores.find(({ subset, score }) => subset === "all" && score === "CIDEr")!;
  expect(cider.difference).toBeCloseTo(cider.second! - cider.first!, 12);
  expect(cider.difference).toBeLessThan(0);
  expect(diff.flipped).toHaveLength(9);
  const sizes = diff.flipped.map(({ difference }) => Math.abs(difference!));
  expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
  const [flipped] = diff.flipped;
  const said = (data: ReportData) => data.runs[0]!.outcomes.find(({ id }) => id === flipped!.id);
  expect(said(good)).toMatchObject({ prediction: flipped!.first });
  expect(said(poor)).toMatchObject({ prediction: flipped!.second });
  const text = formatDiff(diff, 2);
  expect(text).toContain("good against poor");
  expect(text).toContain("Predictions that changed: 9");
  expect(text).toContain("… and 7 more");
  expect(text).toContain(`- ${flipped!.first}`);
});

describe("slices", () => {
  const sliced = (data: ReportData, change: (slices: Slices) => Slices): ReportData => ({
    ...data,
    comparison: { ...data.comparison, slices: change(data.comparison.slices!) },
  });

  test("each score on each slice that changed, in the order of the slices, the main score first", () => {
    const { slices, warnings } = diffReports(good, poor);
    expect(warnings).toBeUndefined();
    expect(slices).toMatchObject({ onlyFirst: [], onlySecond: [] });
    const scoreOn = (data: ReportData, { slicing, subset, score }: SliceChange) =>
      data.comparison.slices!.scores.find(
        (row) => row.slicing === slicing && row.subset === subset && row.score === score,
      )!.value;
    for (const change of slices!.scores) {
      const [then, now] = [scoreOn(good, change), scoreOn(poor, change)];
      expect(change).toMatchObject({ run: "poor", first: then, second: now, difference: now - then });
    }
    const shown = slices!.scores
      .filter(({ score }) => score === "CIDEr")
      .map(({ slicing, subset }) => [slicing, subset]);
    const all = poor.comparison.slices!.by.flatMap(({ slicing, slices }) => slices.map(({ name }) => [slicing, name]));
    expect(shown).toEqual(all);
    expect(slices!.scores[0]!.score).toBe("CIDEr");
    const text = formatDiff(diffReports(good, poor), 1);
    expect(text).toMatch(/Scores on slices\n┌[\s\S]*│ poor │ caption-length:5 │ up to 5 +│ CIDEr/);
  });

  test("a slicing of one report alone, and none", () => {
    const without = sliced(poor, ({ by, ...rest }) => ({ ...rest, by: by.slice(1) }));
    expect(diffReports(good, without).slices!.onlyFirst).toEqual(["domain"]);
    expect(diffReports(without, good).slices!.onlySecond).toEqual(["domain"]);
    expect(new Set(diffReports(good, without).slices!.scores.map(({ slicing }) => slicing))).toEqual(
      new Set(["caption-length:5"]),
    );
    expect(formatDiff(diffReports(good, without), 1)).toContain("Slices\nonly in the first: by domain");
    const { slices: _, ...comparison } = good.comparison;
    const plain = { ...good, comparison };
    expect(diffReports(plain, plain).slices).toBeUndefined();
    expect(diffReports(plain, good).slices).toEqual({
      onlyFirst: [],
      onlySecond: ["domain", "caption-length:5"],
      scores: [],
    });
  });

  test("slices of one name with other examples are not comparable, and that is said first", () => {
    const listing = { ...poor.listing!, kinds: { ...poor.listing!.kinds } };
    listing.kinds["caption-length:5"] = listing.kinds["caption-length:5"]!.toReversed();
    expect(diffReports(good, { ...poor, listing }).warnings).toEqual([
      "No score by caption-length:5 is comparable: the slices do not have the same examples.",
    ]);
  });
});
type Slices = NonNullable<ReportData["comparison"]["slices"]>;

test("runs of one report alone", () => {
  const diff = diffReports(report, poor);
  expect(diff.runs).toEqual({ both: [{ first: "poor", second: "poor" }], onlyFirst: ["good"], onlySecond: [] });
  expect(formatDiff(diff, 10)).toContain("only in the first: good");
});

test("reports of different tasks", () => {
  const other = { ...report, comparison: { ...report.comparison, task: "vqa" as const } };
  expect(() => diffReports(report, other)).toThrow(/caption.*vqa/);
});

test("texts cannot reach into the terminal", () => {
  const [run] = poor.runs;
  const outcomes = run!.outcomes.map((outcome) => ({ id: outcome.id, prediction: "\u001b[31mred\nline" }));
  const hostile = { ...poor, runs: [{ ...run!, outcomes }] };
  expect(formatDiff(diffReports(good, hostile), 1)).toContain("+ \ufffd[31mred line");
});
