/** What of the table of examples stands in the page's address. */
export interface Place {
  /** The id of the example that is open. */
  readonly example?: string | undefined;
  /** The title of the column that rows are ordered by; with a minus sign before it the largest first. */
  readonly sort?: string | undefined;
  /** What is searched for. */
  readonly search?: string | undefined;
  /** The score that is shown, where it is not the main one. */
  readonly score?: string | undefined;
  /** Whether it is said why the example has its scores. */
  readonly why?: string | undefined;
  /** What is typed above columns, by their titles. */
  readonly filters: Readonly<Record<string, string>>;
}

const FILTER = "only.";

/** The part of an address after its `#`: `example=42&sort=-CIDEr&only.domain=near-domain`. */
export function formatPlace({ example, sort, search, score, why, filters }: Place): string {
  const fields = new URLSearchParams();
  if (example !== undefined) fields.set("example", example);
  for (const [key, value] of Object.entries({ score, sort, search, why })) if (value) fields.set(key, value);
  for (const [title, typed] of Object.entries(filters)) if (typed !== "") fields.set(FILTER + title, typed);
  return fields.toString();
}

/** What {@link formatPlace} made; undefined for an address of a section, or of nothing. */
export function parsePlace(hash: string): Place | undefined {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  const filters = [...fields].flatMap(([key, typed]) =>
    key.startsWith(FILTER) ? [[key.slice(FILTER.length), typed] as const] : [],
  );
  const get = (key: string) => fields.get(key) ?? undefined;
  const place = {
    example: get("example"),
    score: get("score"),
    sort: get("sort"),
    search: get("search"),
    why: get("why"),
  };
  if (filters.length === 0 && Object.values(place).every((field) => field === undefined)) return undefined;
  return { ...place, filters: Object.fromEntries(filters) };
}

/** What an address can ask for. */
interface Present {
  readonly ids: readonly string[];
  readonly columns: readonly { readonly title: string }[];
  /** The one that is shown. */
  readonly score: string | undefined;
}

/** What a place names that a table does not have, in words. */
export function listLacking({ example, sort, score, filters }: Place, present: Present): string[] {
  const titles = new Set(present.columns.map(({ title }) => title));
  const isColumn = (title: string) => titles.has(title) || titles.has(title.replace(/^-/, ""));
  const columns = [...(sort === undefined || isColumn(sort) ? [] : [sort.replace(/^-/, "")]), ...Object.keys(filters)];
  const quote = (text: string) => `“${text}”`;
  return [
    ...(example === undefined || present.ids.includes(example) ? [] : [`the example ${quote(example)}`]),
    ...(score === undefined || score === present.score ? [] : [`the score ${quote(score)}`]),
    ...[...new Set(columns.filter((title) => !isColumn(title)))].map((title) => `the column ${quote(title)}`),
  ];
}
