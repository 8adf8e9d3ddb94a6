import { plainTable } from "../report/document/plain-table.js";
import { STYLE } from "../report/document/report-style.js";
import { type Html, html } from "../report/html.js";
import { browserScript, browserStyle } from "../report/script.js";
import { renderPage } from "../report/view.js";
import { formatCount, formatScore } from "../terminal/numbers.js";
import { orderBy, writeChoice } from "./choice.js";
import { chooser } from "./chooser.js";
import { type Board, type Choice, type Leaderboard, nameBoard, type Order, type ScoredRow } from "./leaderboard.js";
import type { KnownRun, MainScore } from "./run-entry.js";
import type { ServedRun, Snapshot } from "./run-index.js";

/** What the page is about. */
export interface LeaderboardPageOptions {
  /** What is served, as it was named. */
  readonly roots: readonly string[];
  readonly choice: Choice;
}

/** The leaderboard as a page: the runs that are at work, a table of each kind that can be ranked together, and the rest. */
export function leaderboardPage(
  { boards, unfinished, unscored, damaged, values, total, shown }: Leaderboard,
  { remarks, unread }: Snapshot,
  { roots, choice }: LeaderboardPageOptions,
): string {
  const title = `Runs in ${roots.join(", ")}`;
  const counted = shown === total ? formatCount(total) : `${formatCount(shown)} of ${formatCount(total)}`;
  const content = html`<style data-page>${STYLE}</style>
${browserStyle("board")}
<header><h1>Runs in ${roots.map((root, i) => html`${i > 0 && ", "}<bdi>${root}</bdi>`)}</h1></header>
<p id="silent" role="alert" hidden>The server does not answer: what is shown may be old. Start <code>simvlm serve</code> again.</p>
<div id="choice">${chooser(values, choice)}</div>
<div id="board">
${
  unread === undefined
    ? html`<p class="remark">The folders are being looked through: what is found appears here by itself.</p>`
    : html`<p>${counted} ${total === 1 ? "run" : "runs"}. <a href="history${writeChoice(choice)}">Scores over time</a></p>`
}
${(unread ?? 0) > 0 && html`<p class="remark">${formatCount(unread!)} more are being read.</p>`}
${remarks.map((remark) => html`<p class="remark">${remark}</p>`)}
${total === 0 && unread === 0 && html`<p>There is no run here yet: <code>simvlm run</code> makes one, which then appears by itself.</p>`}
${total > 0 && shown === 0 && html`<p>No run is as asked for.</p>`}
<form action="compare">
${unfinished.length > 0 && section("Not finished", unfinishedTable(unfinished))}
${
  boards.length > 0 &&
  html`<p class="remark">A table has what can be ranked together: the same examples of the same data, scored in the
same way. Numbers of different signatures are not ranked together; a comparison of ticked runs scores all of them anew.</p>`
}
${boards.map((board) => section(nameBoard(board, boards), boardTable(board, choice)))}
${unscored.length > 0 && section("Without scores", plainRuns("Without scores", unscored))}
${damaged.length > 0 && section("Not to be used", damagedTable(damaged))}
${boards.length + unscored.length > 0 && html`<div class="ticked"><button>Compare the ticked runs</button> <span role="status"></span></div>`}
</form>
</div>
${browserScript("board")}`;
  return renderPage([content], { title, isServed: true });
}

function section(title: string, content: Html): Html {
  return html`<section><h2>${title}</h2>
${content}
</section>`;
}

const HEADS: readonly (readonly [title: string, order?: Order])[] = [
  ["run", "run"],
  ["rank"],
  ["score", "score"],
  ["examples"],
  ["model", "model"],
  ["taught"],
  ["made", "made"],
];

function boardTable(board: Board, choice: Choice): Html {
  const head = HEADS.map(([title, order]) => {
    const text = title === "score" ? board.score : title;
    if (order === undefined) return text;
    const arrow = choice.order === order ? (choice.isReversed ? " ▲" : " ▼") : "";
    return html`<a href="${writeChoice(orderBy(choice, order))}">${text}${arrow}</a>`;
  });
  return html`${plainTable({ name: nameBoard(board, []), head, rows: board.rows.map((row) => ({ cells: boardRow(row) })) })}
<p class="remark">Scored as <code>${board.signature}</code></p>`;
}

function boardRow({ served, run, score, rank }: ScoredRow): (string | Html)[] {
  return [
    nameOf(served, run),
    String(rank),
    scoreOf(score),
    examplesOf(run),
    modelOf(run),
    run.supervision,
    dateOf(run),
  ];
}

/** With a box to tick, and what is special about the run. */
function nameOf({ id, name }: ServedRun, { label, settings }: KnownRun): Html {
  return html`<input type="checkbox" name="run" value="${id}" aria-label="Compare ${label}"> <a href="run/${id}"><bdi>${label}</bdi></a>${name !== label && html`<br><small><bdi>${name}</bdi></small>`}${settings.length > 0 && html`<br><small>${settings.join(", ")}</small>`}`;
}

function scoreOf({ value, low, high }: MainScore): Html {
  const interval = low !== undefined && high !== undefined ? { low, high } : undefined;
  const [score, bounds] = formatScore(value, interval).split("\n");
  return html`<b>${score}</b>${bounds !== undefined && html`<br><small>${bounds}</small>`}`;
}

function examplesOf({ done, failed }: KnownRun): string {
  return `${formatCount(done - failed)}${failed > 0 ? `, ${formatCount(failed)} failed` : ""}`;
}

function modelOf({ model, source }: KnownRun): Html {
  return html`<bdi>${model}</bdi><br><small>${source}</small>`;
}

function dateOf({ created }: KnownRun): Html {
  return html`<time datetime="${created}">${created.slice(0, 16).replace("T", " ")}</time>`;
}

function unfinishedTable(runs: readonly ServedRun[]): Html {
  const rows = runs.flatMap(({ entry, isAtWork, name }) => {
    if (entry.state !== "unfinished") return [];
    const { run } = entry;
    const { done, total, failed } = run;
    const bar = html`<progress max="${total}" value="${done}" aria-label="${done} of ${total}"></progress><br><small>${formatCount(done)} of ${formatCount(total)}${failed > 0 && `, ${formatCount(failed)} failed`}</small>`;
    const what = html`<bdi>${run.label}</bdi>${name !== run.label && html`<br><small><bdi>${name}</bdi></small>`}${run.settings.length > 0 && html`<br><small>${run.settings.join(", ")}</small>`}`;
    return [{ cells: [what, bar, isAtWork ? "at work" : "stopped", placeOf(run), modelOf(run), dateOf(run)] }];
  });
  return plainTable({ name: "Not finished", head: ["run", "done", "state", "of", "model", "begun"], rows });
}

function placeOf({ task, data, split }: KnownRun): string {
  return `${task} · ${data}, ${split}`;
}

function plainRuns(name: string, runs: readonly ServedRun[]): Html {
  const rows = runs.flatMap((served) => {
    if (served.entry.state !== "finished") return [];
    const { run } = served.entry;
    return [{ cells: [nameOf(served, run), placeOf(run), examplesOf(run), modelOf(run), dateOf(run)] }];
  });
  return plainTable({ name, head: ["run", "of", "examples", "model", "made"], rows });
}

function damagedTable(runs: readonly ServedRun[]): Html {
  const rows = runs.flatMap(({ entry, name }) =>
    entry.state === "damaged" ? [{ cells: [html`<bdi>${name}</bdi>`, entry.why] }] : [],
  );
  return plainTable({ name: "Not to be used", head: ["run", "what is wrong"], rows });
}
