import { type Html, html } from "../report/html.js";
import { type Choice, FILTERS, type Filter, type Leaderboard } from "./leaderboard.js";

const TITLES: Readonly<Record<Filter, string>> = {
  task: "Task",
  data: "Data",
  split: "Split",
  metric: "Metric signature",
  supervision: "Taught the task",
};

/** The fields that a reader chooses runs by: a form that asks for the same page again. */
export function chooser(values: Leaderboard["values"], { filters, words, order, isReversed }: Choice): Html {
  const isAny = words !== "" || Object.keys(filters).length > 0;
  return html`<form class="chooser" role="search">
<label>Words <input type="search" name="q" value="${words}"></label>
${FILTERS.map((name) => field(name, values[name], filters[name]))}
${(order !== "score" || isReversed) && html`<input type="hidden" name="sort" value="${isReversed && "-"}${order}">`}
<button>Show</button>${isAny && html` <a href="?">Show all</a>`}
</form>`;
}

function field(name: Filter, values: Leaderboard["values"][Filter], chosen: string | undefined): Html {
  const isGone = chosen !== undefined && !values.some(([value]) => value === chosen);
  const all = isGone ? [...values, [chosen, 0] as const] : values;
  return html`<label>${TITLES[name]} <select aria-label="${TITLES[name]}" name="${name}"><option value="">all</option>${all.map(
    ([value, count]) =>
      html`<option value="${value}"${value === chosen && html` selected`}>${value} (${count})</option>`,
  )}</select></label>
`;
}
