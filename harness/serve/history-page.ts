import { STYLE } from "../report/document/report-style.js";
import { html } from "../report/html.js";
import type { Figure } from "../report/plots/figure.js";
import { plotView } from "../report/plots/plot-view.js";
import { scoreHistoryFigure } from "../report/plots/score-history.js";
import { browserScript, browserStyle } from "../report/script.js";
import { stackViews } from "../report/stack.js";
import { renderPage, type View } from "../report/view.js";
import { formatScore } from "../terminal/numbers.js";
import { writeChoice } from "./choice.js";
import { chooser } from "./chooser.js";
import { type Board, type Choice, type Leaderboard, nameBoard } from "./leaderboard.js";

/** So many plots stand in a page; whoever wants others chooses. */
const MOST_PLOTS = 12;

/** Scores over time as a page: a plot of each table of the leaderboard, the latest first. */
export class HistoryPages {
  /** Drawing takes a tenth of a second: a figure that is the same is not drawn again. */
  #drawn = new Map<string, Promise<View>>();

  async render({ boards, values }: Leaderboard, choice: Choice): Promise<string> {
    const shown = boards.slice(0, MOST_PLOTS);
    const before = this.#drawn;
    this.#drawn = new Map();
    const views = await Promise.all(
      shown.map((board) => {
        const figure = figureOf(board, boards);
        const key = JSON.stringify(figure);
        const view = before.get(key) ?? this.#drawn.get(key) ?? plotView(figure);
        this.#drawn.set(key, view);
        return view;
      }),
    );
    const title = "Scores over time";
    const top = html`<style data-page>${STYLE}</style>
${browserStyle("board")}
<header><h1>${title}</h1><p><a href="./${writeChoice(choice)}">All runs</a></p></header>
<p id="silent" role="alert" hidden>The server does not answer: what is shown may be old. Start <code>simvlm serve</code> again.</p>
<div id="choice">${chooser(values, choice)}</div>`;
    const plots = stackViews(views);
    const body: View = {
      ...plots,
      markup: html`<div id="board"><p class="remark">A plot has what can be ranked together: the same examples of the same data, scored in the same way. Runs of
one model are joined.</p>
${boards.length === 0 && html`<p>No run has a score yet, or none is as asked for.</p>`}
${plots.markup}
${boards.length > shown.length && html`<p class="remark">The latest ${MOST_PLOTS} of ${boards.length}: choose above to see others.</p>`}</div>`,
    };
    return renderPage([top, body, browserScript("board")], { title, isServed: true });
  }
}

function figureOf(board: Board, boards: readonly Board[]): Figure {
  const points = board.rows.map(({ run, score }) => ({
    name: run.model,
    date: run.created,
    value: score.value,
    low: score.low,
    high: score.high,
    label: `${run.label}: ${formatScore(score.value)}, ${run.created.slice(0, 10)}`,
  }));
  return scoreHistoryFigure(points, { title: nameBoard(board, boards), score: board.score });
}
