import { type Choice, FILTERS, type Filter, ORDERS, type Order } from "./leaderboard.js";

const WORDS = "q";
const ORDER = "sort";
const REVERSED = "-";

/** What an address asks for; what it says otherwise is passed over. */
export function readChoice(query: URLSearchParams): Choice {
  const asked = query.get(ORDER) ?? "";
  const isReversed = asked.startsWith(REVERSED);
  const order = ORDERS.find((each) => each === asked.slice(isReversed ? 1 : 0));
  const filters: Partial<Record<Filter, string>> = {};
  for (const name of FILTERS) {
    const value = query.get(name);
    if (value) filters[name] = value;
  }
  return {
    filters,
    words: query.get(WORDS)?.trim() ?? "",
    order: order ?? "score",
    isReversed: order !== undefined && isReversed,
  };
}

/** The part of an address that asks for it, with its question mark. */
export function writeChoice({ filters, words, order, isReversed }: Choice): string {
  const query = new URLSearchParams(filters);
  if (words !== "") query.set(WORDS, words);
  if (order !== "score" || isReversed) query.set(ORDER, `${isReversed ? REVERSED : ""}${order}`);
  return `?${query}`;
}

/** The choice with an order in place of its own: the other way round where that was its order already. */
export function orderBy(choice: Choice, order: Order): Choice {
  return { ...choice, order, isReversed: choice.order === order && !choice.isReversed };
}
