/** What of the table of examples stands in the page's address. */
export interface Place {
  /** The id of the example that is open. */
  readonly example?: string | undefined;
  /** The title of the column that rows are ordered by; with a minus sign before it the largest first. */
  readonly sort?: string | undefined;
  /** What is searched for. */
  readonly search?: string | undefined;
  /** What is typed above columns, by their titles. */
  readonly filters: Readonly<Record<string, string>>;
}

const FILTER = "only.";

/** The part of an address after its `#`: `example=42&sort=-CIDEr&only.domain=near-domain`. */
export function formatPlace({ example, sort, search, filters }: Place): string {
  const fields = new URLSearchParams();
  if (example !== undefined) fields.set("example", example);
  if (sort) fields.set("sort", sort);
  if (search) fields.set("search", search);
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
  const place = { example: get("example"), sort: get("sort"), search: get("search") };
  if (filters.length === 0 && Object.values(place).every((field) => field === undefined)) return undefined;
  return { ...place, filters: Object.fromEntries(filters) };
}
