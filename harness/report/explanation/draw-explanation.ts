import type { ExplanationPart, MarkedTextPart, NotePart, TermsPart, TuplesPart } from "@simvlm/metrics";
import type { ExplainedExample, ExplainedMetric } from "../../compare/explained.js";
import { SIGNS } from "../../terminal/explanation-blocks.js";
import { type Html, html } from "../html.js";
import { drawAlignment } from "./draw-alignment.js";

/*
 * What explains scores, as markup: in views, and in a report's page by its script.
 */

/** Why one example has its scores, folded or open. */
export function drawExplained({ run, id, prediction, metrics }: ExplainedExample, open: boolean): Html {
  return html`<details${open && html` open`}><summary><bdi>${id}</bdi>, ${run}: <q><bdi>${prediction}</bdi></q></summary>
${metrics.map(drawMetric)}</details>
`;
}

function drawMetric({ metric, scores, parts }: ExplainedMetric): Html {
  const told = Object.entries(scores).map(([name, value]) => `${name} ${value.toFixed(4)}`);
  return html`<section><h4>${metric} <small>${told.join(", ")}</small></h4>
${parts.map(drawPart)}</section>
`;
}

/** One thing to be shown. */
export function drawPart(part: ExplanationPart): Html {
  const title = "title" in part && part.title;
  return html`<div class="part">${title && html`<p class="title">${title}</p>`}
${drawContent(part)}</div>
`;
}

function drawContent(part: ExplanationPart): Html {
  if (part.kind === "alignment") return drawAlignment(part);
  if (part.kind === "marked-text") return drawMarks(part);
  if (part.kind === "terms") return drawTerms(part);
  if (part.kind === "tuples") return drawTuples(part);
  return drawNote(part);
}

const drawNote = ({ text }: NotePart): Html => html`<p>${text}</p>`;

/** Marks are told apart by colour, by their line and by a sign. */
function drawMarks({ text, marks }: MarkedTextPart): Html {
  const pieces = marks.map(({ start, end, verdict, note }, i) => {
    const before = text.slice(marks[i - 1]?.end ?? 0, start);
    return html`${before}<mark class="${verdict}">${text.slice(start, end)}<small> ${SIGNS[verdict]} ${note}</small></mark>`;
  });
  return html`<p class="marked" dir="auto">${pieces}${text.slice(marks.at(-1)?.end ?? 0)}</p>`;
}

function drawTerms({ columns, rows, bars, rest }: TermsPart): Html {
  const drawn = bars === undefined ? -1 : columns.indexOf(bars);
  const most = rows.reduce((most, row) => Math.max(most, Math.abs(Number(row[drawn] ?? 0))), 0);
  const bar = (cell: string | number) =>
    html`<span class="bar" style="width:${Math.round((60 * Math.abs(Number(cell))) / (most || 1))}px"></span>`;
  const isNumber = columns.map((_, column) => rows.some((row) => typeof row[column] === "number"));
  return html`<div class="wide"><table>
<thead><tr>${columns.map((title, i) => html`<th scope="col"${isNumber[i] && html` class="number"`}>${title}</th>`)}</tr></thead>
<tbody>${rows.map(
    (
      row,
    ) => html`<tr>${row.map((cell, i) => html`<td${isNumber[i] && html` class="number"`}>${i === drawn && bar(cell)}<bdi>${cell}</bdi></td>`)}</tr>
`,
  )}</tbody></table></div>${rest !== undefined && html`<p>${rest}</p>`}`;
}

function drawTuples({ sides }: TuplesPart): Html {
  return html`<div class="sides">${sides.map(
    ({ name, tuples }) =>
      html`<div><p class="title">${name}</p><ul>${tuples.map(
        ({ words, matched }) =>
          html`<li class="${matched ? "right" : "wrong"}">${matched ? SIGNS.right : SIGNS.wrong} <bdi>${words.join(" – ")}</bdi><small> ${matched ? "matched" : "not matched"}</small></li>`,
      )}</ul></div>`,
  )}</div>`;
}
