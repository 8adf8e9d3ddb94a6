/** A record as it was read. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is an object with fields. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The names that a field has, in whatever case, with or without underscores. */
export interface FieldNames {
  /** In the official format; what has it needs no other. */
  readonly official: string;
  /** Elsewhere: those of one list are equally likely, those of the next less. */
  readonly others: readonly (readonly string[])[];
}

/** One name for all ways of writing it: `image_id`, `imageId`, `Image ID`. */
export function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, "");
}

/** Official names that hold in many tables what people said, with the prediction beside them. */
const TRUTHS: ReadonlySet<string> = new Set(["answer", "caption"]);

/**
 * The names that could be meant, an official one above all others; but where that is called as what people said may be,
 * another name for a prediction could be meant as well.
 */
export function findNames({ official, others }: FieldNames, names: readonly string[]): string[] {
  const written = (wanted: readonly string[]) => {
    const known = new Set(wanted.map(normalizeName));
    return names.filter((name) => known.has(normalizeName(name)));
  };
  const first = names.includes(official) ? [official] : written([official]);
  if (first.length > 0 && !TRUTHS.has(official)) return first;
  return [...first, ...(others.map(written).find((found) => found.length > 0) ?? [])];
}

const SHOWN = 12;
const LONGEST = 60;

/** The names of what was found, few of many. */
export function listNames(names: readonly string[]): string {
  if (names.length === 0) return "nothing";
  const shown = names.slice(0, SHOWN).map((name) => JSON.stringify(name.slice(0, LONGEST)));
  return names.length > SHOWN ? `${shown.join(", ")}, … (${names.length} in all)` : shown.join(", ");
}

/** What a value is, for messages. */
export function describeValue(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (isFields(value)) return `an object with ${listNames(Object.keys(value))}`;
  return typeof value === "string" ? `the text ${JSON.stringify(value.slice(0, LONGEST))}` : String(value);
}

/** Where records of one kind have the id of their example and what is said of it. */
export interface Layout {
  /** What they were recognised as; undefined for the official names. */
  readonly said: string | undefined;
  /** Whether the records have no ids, and are of the examples in their order. */
  readonly isOrdered?: boolean;
  id(record: Fields): Found;
  text(record: Fields): Found;
}

/** A value, and the name of its field for messages. */
export interface Found {
  readonly field: string;
  readonly value: unknown;
}
