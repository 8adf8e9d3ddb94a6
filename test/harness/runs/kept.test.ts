import { cpSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { VERSION } from "@simvlm/metrics";
import { describe, expect, test } from "vitest";
import { compareRuns } from "../../../harness/compare/compare-runs.js";
import { hashText } from "../../../harness/files/hash.js";
import { formatSeal, readReport, sealPage } from "../../../harness/report/document/file.js";
import { sealValues } from "../../../harness/report/document/seal.js";
import { verifyReport } from "../../../harness/report/document/verify-report.js";
import { loadLibrary } from "../../../harness/report/libraries.js";
import type { Manifest } from "../../../harness/runs/manifest.js";
import { verifyRun } from "../../../harness/runs/verify-run.js";
import type { ScoreReport } from "../../../harness/tasks/score-report.js";
import { Scratch } from "../cli/run-cli.js";

const KEPT = "fixtures/kept";
const CONFIRMED = ["data", "checkpoint", "predictions", "results", "scores"];

const keptReport = (name: string) => gunzipSync(readFileSync(`${KEPT}/${name}.html.gz`)).toString("utf8");

/** The page with the hashes of its figures and its seal made anew. */
function reseal(changed: string): string {
  const { figures, data } = readReport(changed, "");
  const [figure] = data.attention.figures;
  const renamed = figure ? changed.replaceAll(figure.sha256, hashText(figures.get("map-1") ?? "")) : changed;
  const file = readReport(renamed, "");
  const empty = '<script type="application/json" id="simvlm-seal">';
  const place = file.unsealed.lastIndexOf(empty) + empty.length;
  return (
    file.unsealed.slice(0, place) +
    formatSeal(sealPage(file.unsealed, sealValues(file.data))) +
    file.unsealed.slice(place)
  );
}

describe("what version 0.1.0 made", () => {
  test.each(["zero-shot", "fine-tuned", "vqa-classified", "vqa-open", "snli-ve-run"])(
    "the run %s verifies",
    async (name) => {
      const { differences, confirmed } = await verifyRun(`${KEPT}/${name}`);
      expect(differences).toEqual([]);
      expect(confirmed).toEqual(CONFIRMED);
    },
  );

  test.each(["captions", "vqa"])("the report of %s verifies", async (name) => {
    const { differences, confirmed } = await verifyReport(new Scratch().write("report.html", keptReport(name)));
    expect(differences).toEqual([]);
    expect(confirmed).toContain("scores");
  });

  test("its pages are compared to the last byte, and maps that it drew are not confirmed", async () => {
    const page = keptReport("captions");
    const scratch = new Scratch();
    const { confirmed, notes } = await verifyReport(scratch.write("report.html", page));
    expect(confirmed).toEqual(["values", "sections", "data files", "scores", "drawing"]);
    expect(notes).toContainEqual(expect.stringMatching(/attention maps .*0\.1\.0.* not confirmed/));
    const changes = [
      ["asks nobody for anything", "asks nobody: CIDEr 9.87"],
      ["</header>", "<script>1</script></header>"],
      ['<div class="panels">', '<script>1</script><div class="panels">'],
      ['<div class="panels">', '<div class="panels" onclick="1">'],
      ["function toCsv(", "function toCSV("],
      ["Differences to zero-shot", "Differences from zero-shot"],
    ] as const;
    for (const [old, fresh] of changes) {
      expect(page).toContain(old);
      const found = await verifyReport(scratch.write("changed.html", reseal(page.replaceAll(old, fresh))));
      expect(found.differences, fresh).not.toEqual([]);
    }
  });

  test("groups of questions that it did not round are a note; a number that is another is not", async () => {
    const page = keptReport("vqa");
    const scratch = new Scratch();
    const { notes } = await verifyReport(scratch.write("report.html", page));
    expect(notes).toContainEqual(expect.stringMatching(/scores of groups are rounded by this version/));
    const row = /"subset":"number","examples":\d+,"score":"accuracy","value":([\d.]+)/.exec(page)!;
    const changed = page.replace(row[0], row[0].replace(row[1]!, String(Number(row[1]) + 0.02)));
    const found = await verifyReport(scratch.write("changed.html", changed));
    expect(found.differences).toContainEqual(expect.stringMatching(/number, accuracy\]\.value is .*gives/));
  });

  test("runs are compared, groups rounded and named as the whole", async () => {
    const captions = await compareRuns([`${KEPT}/zero-shot`, `${KEPT}/fine-tuned`], { resamples: 20 });
    expect(captions.scores.length).toBeGreaterThan(0);
    const vqa = await compareRuns([`${KEPT}/vqa-classified`, `${KEPT}/vqa-open`], { resamples: 20 });
    for (const { value } of vqa.scores) expect(value).toBe(Number(value.toFixed(2)));
    const { scores } = JSON.parse(readFileSync(`${KEPT}/vqa-open/scores.json`, "utf8")) as ScoreReport;
    const rows = vqa.scores.filter(({ run, subset }) => run === "vqa-open" && subset !== "all");
    expect(Object.fromEntries(rows.map(({ subset, value }) => [subset, value]))).toEqual(scores.perAnswerType);
  });
});

/** The report of version 0.2.0 with the libraries that stood in it. */
function reportOfSecond(): string {
  const [plotly, tabulator] = [loadLibrary("plotly"), loadLibrary("tabulator")];
  return [
    ["/*plotly.js*/", plotly.script.replace(plotly.setup, "")],
    ["/*tabulator.js*/", tabulator.script],
    ["/*tabulator.css*/", tabulator.style],
  ].reduce((page, [mark, text]) => page.replace(mark!, () => text!), keptReport("captions-0.2.0"));
}

describe("what version 0.2.0 drew", () => {
  test("its page and its attention maps are confirmed, in its own arrangement", async () => {
    const found = await verifyReport(new Scratch().write("report.html", reportOfSecond()));
    expect(found.differences).toEqual([]);
    expect(found.confirmed).toEqual(["values", "sections", "data files", "attention maps", "scores", "drawing"]);
  });

  test.each([
    ["<header>", "<header><p>CIDEr 9.87</p>"],
    ['<div class="panels">', '<div class="panels" onclick="1">'],
    ["<h4>Scores</h4>", "<h4>Scores: CIDEr 9.87</h4>"],
    ["color: #1b1b1f; background: #fff", "color: #1b1b1f; background: #000"],
    ["<body>", '<body><img alt="CIDEr 9.87" src="">'],
    ['<img alt="" src="', '<img alt="CIDEr 9.87" src="'],
    ["function ", "function  "],
  ])("%s changed to %s is found", async (old, fresh) => {
    const page = reportOfSecond();
    expect(page).toContain(old);
    const changed = reseal(page.replaceAll(old, fresh));
    expect((await verifyReport(new Scratch().write("report.html", changed))).differences).not.toEqual([]);
  });
});

/** A copy of a kept run, with something changed in its manifest and scores. */
function copyRun(change: (manifest: Manifest, scores: Record<string, unknown>) => void): string {
  const scratch = new Scratch();
  cpSync(`${KEPT}/zero-shot`, scratch.at("run"), { recursive: true });
  const manifest = scratch.readJson<Manifest>("run/manifest.json");
  const scores = scratch.readJson<Record<string, unknown>>("run/scores.json");
  change(manifest, scores);
  scratch.write("run/manifest.json", manifest);
  scratch.write("run/scores.json", scores);
  return scratch.at("run");
}

const verify = (change: Parameters<typeof copyRun>[0]) => verifyRun(copyRun(change), `${KEPT}/nocaps`);
const signaturesOf = (scores: Record<string, unknown>) => scores.signatures as Record<string, string>;

describe("what other versions know and do not", () => {
  test("a metric that was not there then is not asked for", async () => {
    const { differences } = await verify((manifest, scores) => {
      for (const signatures of [manifest.metricSignatures!, signaturesOf(scores)]) delete signatures["ROUGE-L"];
      const domains = Object.values(scores.byDomain as Record<string, Record<string, Record<string, unknown>>>);
      for (const { scores: own, signatures } of domains) {
        delete own!.ROUGE_L;
        delete signatures!["ROUGE-L"];
      }
      for (const own of [scores.scores, scores.intervals]) delete (own as Record<string, unknown> | undefined)?.ROUGE_L;
      for (const { intervals } of domains) delete intervals?.ROUGE_L;
    });
    expect(differences).toEqual([]);
  });

  test("a metric that is not known here is a note", async () => {
    const { differences, notes } = await verify((manifest, scores) => {
      manifest.metricSignatures!.WISDOM = signaturesOf(scores).WISDOM = "WISDOM|version:simvlm-9.0.0";
      (scores.scores as Record<string, number>).wisdom = 0.5;
    });
    expect(differences).toEqual([]);
    expect(notes).toContainEqual(expect.stringMatching(/no metric WISDOM here/));
  });

  test("a field that this version adds, and another version in signatures, are notes", async () => {
    const { differences, notes } = await verify((manifest, scores) => {
      manifest.code = { version: "0.0.9" };
      for (const signatures of [manifest.metricSignatures!, signaturesOf(scores)]) {
        signatures.BLEU = signatures
          .BLEU!.replace(`simvlm-${VERSION}`, "simvlm-0.0.9")
          .replace("simvlm-0.1.0", "simvlm-0.0.9");
      }
      delete (scores.scores as Record<string, unknown>).Bleu_2;
    });
    expect(differences).toEqual([]);
    expect(notes).toContainEqual(expect.stringMatching(/^scores\.json: this version also has scores\.Bleu_2$/));
    expect(notes).toContainEqual(expect.stringMatching(/^made by version 0\.0\.9/));
  });

  test("another number is a difference, whatever the version", async () => {
    const { differences } = await verify((_, scores) => {
      (scores.scores as Record<string, number>).CIDEr! += 1e-9;
    });
    expect(differences).toEqual([expect.stringMatching(/^scores\.json \(scores\.CIDEr: /)]);
  });
});
