import type { Study } from "../../study/run-study.js";
import { PRETRAINING } from "../../study/study-cell.js";
import { titleOf } from "../../study/study-recipe.js";
import { formatCount } from "../../terminal/numbers.js";
import { studyTables } from "../../terminal/study-table.js";
import type { Table } from "../../terminal/tables.js";
import { extractFiles } from "../document/embedded-file.js";
import { packText } from "../document/packed-text.js";
import { plainTable } from "../document/plain-table.js";
import { STYLE } from "../document/report-style.js";
import { Html, html } from "../html.js";
import { type LossCurve, lossCurveView } from "../plots/loss-curve.js";
import { renderPage, type View } from "../view.js";
import { drawStudyMaps } from "./study-maps.js";
import type { StudyReport } from "./study-report.js";

/** Opens the embedded data, packed by {@link packText}. */
export const STUDY_TAG = '<script type="application/vnd.simvlm.words" id="simvlm-study">';

/** The whole file, made of nothing but what it embeds: the same report gives the same bytes. */
export async function renderStudyReport(report: StudyReport): Promise<string> {
  const { study, seconds, version } = report;
  const { recipe } = study;
  const whole = recipe.variants.length * recipe.seeds.length;
  const open = whole - study.cells.length;
  const maps = drawStudyMaps(study, addressOf(report));
  const tables = studyTables(study, seconds).filter((block) => typeof block !== "string");
  const views = [
    html`<style data-page>${STYLE}</style>
<header><h1>${recipe.title}</h1>
<p>${formatCount(recipe.variants.length)} variants, ${formatCount(recipe.seeds.length)} seeds, ${formatCount(recipe.tests.length)} tests${open > 0 && `; ${study.cells.length} of ${whole} trainings are done`}.</p>
<p class="aside">Made by <code>simvlm ablate</code> ${version}; it opens offline and loads nothing from anywhere. <code>simvlm verify</code>
scores the predictions that it embeds again, and compares them again. Curves and times are as they were measured.</p></header>`,
    ...tables.map((table) => section(table.title ?? "", renderTable(table))),
    ...(await drawCurves(study)).flatMap(({ title, view }) => [html`<h2>${title}</h2>`, view]),
    ...(maps ? [maps] : []),
    section("All scores", fold(allScores(study))),
    section("Recipe", html`<pre>${JSON.stringify(recipe, null, 2)}</pre>`),
    new Html(`${STUDY_TAG}${await packText(JSON.stringify(report))}</script>`),
  ];
  return renderPage(views, { title: recipe.title });
}

/** The embedded picture as an address. */
function addressOf({ data, picture }: StudyReport): string | undefined {
  const file = data.find(({ path }) => path === picture);
  if (!file) return undefined;
  const type = file.path.endsWith(".png") ? "png" : "jpeg";
  return `data:image/${type};base64,${extractFiles([file])[0]!.toString("base64")}`;
}

function section(title: string, content: Html): Html {
  return html`<section><h2>${title}</h2>
${content}
</section>`;
}

/** A long table, which opens when it is asked for. */
function fold(table: Table): Html {
  return html`<details><summary>${formatCount(table.rows.length)} rows</summary>
${renderTable(table)}
</details>`;
}

function renderTable({ title = "", head, rows, remarks = [] }: Table): Html {
  const lines = (cell: string) => html`${cell.split("\n").map((line, i) => html`${i > 0 && html`<br>`}${line}`)}`;
  const table = plainTable({ name: title, head, rows: rows.map((row) => ({ cells: row.map(lines) })) });
  return html`${table}${remarks.map((remark) => html`<p class="remark">${remark}</p>`)}`;
}

/** The mean over the seeds, a line for each variant. */
async function drawCurves({ recipe, cells }: Study): Promise<{ title: string; view: View }[]> {
  const kinds = [PRETRAINING, ...recipe.tests.filter(({ finetuning }) => finetuning).map(({ name }) => name)];
  const drawn: { title: string; view: View }[] = [];
  for (const kind of kinds) {
    const curves = recipe.variants.flatMap((variant): LossCurve[] => {
      const own = cells
        .filter((cell) => cell.variant === variant.name)
        .flatMap(({ trainings }) => trainings[kind] ?? []);
      const [first] = own;
      if (!first) return [];
      const points = first.curve.map(([step], i) => {
        const losses = own.flatMap(({ curve }) => curve[i]?.[1] ?? []);
        return { step, loss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length };
      });
      return [{ name: titleOf(variant), points }];
    });
    if (curves.length === 0) continue;
    const test = recipe.tests.find(({ name }) => name === kind);
    const title = `Loss of ${test ? `fine-tuning, ${titleOf(test)}` : kind}`;
    drawn.push({ title, view: await lossCurveView(curves, { title }) });
  }
  return drawn;
}

function allScores({ recipe, results }: Study): Table {
  const titles = new Map([...recipe.variants, ...recipe.tests].map((each) => [each.name, titleOf(each)]));
  return {
    title: "All scores",
    head: ["", "test", "score", "examples", "mean", "interval", ...recipe.seeds.map((seed) => `seed ${seed}`)],
    rows: results.scores.map(({ variant, test, score, subset, examples, value, low, high, seeds }) => [
      titles.get(variant) ?? variant,
      titles.get(test) ?? test,
      score,
      `${subset}, ${formatCount(examples)}`,
      value.toFixed(4),
      `[${low.toFixed(4)}, ${high.toFixed(4)}]`,
      ...recipe.seeds.map((_, i) => seeds[i]?.toFixed(4) ?? "–"),
    ]),
  };
}
