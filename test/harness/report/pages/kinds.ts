import { bleuMetric, rougeMetric } from "@simvlm/metrics";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { hashText } from "../../../../harness/files/hash.js";
import { bundleOf } from "../../../../harness/notebook/display/show.js";
import type { Notebook, Output } from "../../../../harness/notebook/runner/notebook-file.js";
import { renderNotebook } from "../../../../harness/notebook/runner/notebook-page.js";
import { agreementPage } from "../../../../harness/report/agreement-page.js";
import { diversityPage } from "../../../../harness/report/diversity-page.js";
import { buildReport } from "../../../../harness/report/document/build.js";
import { chooseExamples } from "../../../../harness/report/document/choose-examples.js";
import { renderReport } from "../../../../harness/report/document/report-page.js";
import { explorerView } from "../../../../harness/report/explorer/index.js";
import { html } from "../../../../harness/report/html.js";
import { lossCurveView, scoresByDomainView } from "../../../../harness/report/plots/index.js";
import { tableView } from "../../../../harness/report/tables/index.js";
import { renderPage } from "../../../../harness/report/view.js";
import { measureDiversity } from "../../../../harness/tasks/caption-diversity.js";
import { measureHumanAgreement } from "../../../../harness/tasks/human-agreement.js";
import { type PageSize, withPage } from "../../../browser.js";
import { captionRuns, FEW } from "../document/world.js";
import { makeExploration } from "../explorer/made.js";
import { comparisonOf } from "../plots/comparison.js";

/** A report of two runs with an explorer of both. */
async function makeReport(): Promise<string> {
  const scratch = await captionRuns();
  const { data } = await buildReport([scratch.at("good"), scratch.at("poor")], { ...FEW, examples: 14 });
  const labels = data.runs.map(({ label }) => label);
  const [choice] = chooseExamples(data.examples!, labels, data.examples!.values, 1);
  const explorations = data.runs.map(({ label, outcomes }, i) => {
    const outcome = outcomes.find(({ id }) => id === choice!.id)!;
    const caption = "prediction" in outcome ? outcome.prediction : "";
    return { ...makeExploration({ words: caption.split(" ") }, i + 1), source: label };
  });
  const { markup } = (await explorerView(explorations, { picture: false })).markup;
  const figure = { ...choice!, runs: labels, sha256: hashText(markup) };
  const report = { ...data, attention: { figures: [figure], remarks: [] } };
  return renderReport({ data: report, figures: new Map([["map-1", markup]]) });
}

/** A table with more rows and columns than a page shows at once. */
export const MANY_ROWS = 80;

function makeTable() {
  const rows = Array.from({ length: MANY_ROWS }, (_, i) => ({
    id: `example ${i}`,
    caption: `a caption of some length about number ${i}, and what stands around it`,
    kind: i % 2 === 0 ? "even" : "odd",
    ...Object.fromEntries(Array.from({ length: 24 }, (_, k) => [`score ${k}`, i + k / 10])),
    interval: { value: i, low: i - 1, high: i + 1 },
  }));
  return tableView(rows, { title: "Many rows", note: "What stands below." });
}

const POINTS = Array.from({ length: 40 }, (_, step) => ({ step, loss: 5 / (step + 1), learningRate: 1e-3 }));

function display(data: Record<string, string>): Output {
  return { output_type: "display_data", data, metadata: {} };
}

async function makeNotebook(): Promise<string> {
  const cell = (source: string, outputs: Output[]) =>
    ({ cell_type: "code", source, outputs, execution_count: 1, metadata: {} }) as const;
  const text = (source: string) =>
    ({ cell_type: "markdown", source, outputs: [], execution_count: null, metadata: {} }) as const;
  const lines = Array.from({ length: 200 }, (_, i) => `line ${i}`).join("\n");
  const notebook = {
    cells: [
      text("# A notebook\n\nWith `code`, a quotation and a table.\n\n> quoted\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
      cell('const answer: number = 42; // of "everything"\nconsole.log(/x+/.test("x"), null);', [
        { output_type: "stream", name: "stdout", text: lines },
        { output_type: "stream", name: "stderr", text: "a warning" },
      ]),
      cell("await show(table);", [display(bundleOf(await makeTable()))]),
      cell("await show(plot);", [display(bundleOf(await scoresByDomainView(comparisonOf(["a", "b"]))))]),
      cell("throw 1;", [{ output_type: "error", ename: "Error", evalue: "broken", traceback: ["Error: broken"] }]),
      cell("strange;", [display({ "application/x-unknown": "?" })]),
    ],
  } as unknown as Notebook; // what it needs of a notebook
  return renderNotebook(notebook, { title: "notebook", folder: "." });
}

/** Every kind of page, by what it is called. */
export const PAGES: Readonly<Record<string, () => Promise<string>>> = {
  report: makeReport,
  explorer: async () => {
    const view = await explorerView([makeExploration(), makeExploration({}, 2)], { picture: false });
    return renderPage([html`<h1>a dog</h1>`, view], { title: "a dog" });
  },
  table: async () => renderPage([html`<h1>a</h1><h2>b</h2>`, await makeTable()], { title: "a table" }),
  plots: async () => {
    const views = [await scoresByDomainView(comparisonOf(["a", "b"])), await lossCurveView(POINTS)];
    return renderPage([html`<h1>a</h1><h2>b</h2>`, ...views], { title: "plots" });
  },
  notebook: makeNotebook,
  diversity: async () => {
    const captions = Array.from({ length: 6 }, (_, i) => ({
      id: `${i}`,
      captions: ["a dog", `a cat and ${i} birds`, "two dogs"],
    }));
    const against = captions.map((set) => ({ ...set, captions: ["a dog", "a dog here", "the dog"] }));
    const onUnable = (_: unknown, reason: Error) => {
      throw reason;
    };
    const report = await measureDiversity({ captions, against, resampling: { resamples: 20 }, onUnable });
    return diversityPage(report, { captions: ["own.json"], against: ["other.json"] });
  },
  agreement: async () => {
    const captions = Array.from({ length: 12 }, (_, i) => ({
      image: `${i >> 1}.jpg`,
      caption: i % 2 === 0 ? "a dog on a beach" : "a cat",
      ratings: [i % 2 === 0 ? 4 + (i % 3) : 1 + (i % 3)],
      references: ["a dog at a beach"],
      where: `line ${i}`,
    }));
    const ratings = { captions, preferences: [], isByNumber: false };
    const report = await measureHumanAgreement({
      ratings,
      metrics: [bleuMetric, rougeMetric],
      resampling: { resamples: 20 },
    });
    return agreementPage(report, { by: "tau_b", ratings: "ratings.csv" });
  },
};

/** What has not come to life yet. */
const ALIVE = ":is(.simvlm-table, .simvlm-plot):not([data-alive=yes]), [data-explorer]:not(:has(.live))";

/** Opens a page of a kind, and waits until everything in it lives. */
export async function withKind(kind: string, size: PageSize, use: (page: Page) => Promise<void>): Promise<void> {
  const page = made.get(kind) ?? PAGES[kind]!();
  made.set(kind, page);
  await withPage(await page, size, async (tab) => {
    await expect.poll(() => tab.locator(ALIVE).count(), { timeout: 20_000 }).toBe(0);
    await use(tab);
  });
}

const made = new Map<string, Promise<string>>();
