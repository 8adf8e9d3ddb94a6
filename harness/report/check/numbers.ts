import type {
  ChangeRow,
  ComparedSlices,
  DifferenceRow,
  FactDifferenceRow,
  FactRow,
  ScoreRow,
} from "../../compare/comparison.js";
import type { PaperColumn, PaperSide } from "../../compare/paper-table.js";

interface ShownExample {
  readonly id: string;
  readonly value: number;
  readonly againstValue: number;
  readonly difference: number;
}

/** Numbers of a report that follow from predictions and references. */
export interface ShownNumbers {
  readonly scores: readonly ScoreRow[];
  readonly differences: readonly DifferenceRow[];
  readonly facts?: { readonly scores: readonly FactRow[]; readonly differences: readonly FactDifferenceRow[] };
  readonly slices?: Pick<ComparedSlices, "scores" | "differences">;
  readonly changes?: readonly ChangeRow[];
  readonly winsAndLosses?: readonly {
    readonly run: string;
    readonly counts: Readonly<Record<"wins" | "losses" | "ties", number>>;
    readonly wins: readonly ShownExample[];
    readonly losses: readonly ShownExample[];
  }[];
  readonly extremes?: readonly Pick<ShownExample, "id" | "value">[];
  /** The main score of every example. */
  readonly examples?: {
    readonly score: string;
    readonly ids: readonly string[];
    /** Of each run. */
    readonly values: readonly (readonly number[])[];
  };
  readonly signatures?: Readonly<Record<string, string>>;
  /** Of the paper's tables the columns that have our scores, with what stands there of each run. */
  readonly paper?: readonly ShownPaper[];
}

/** A table of the paper with our runs. */
export type ShownPaper = Pick<PaperSide, "title" | "ours"> & { readonly columns: readonly Pick<PaperColumn, "name">[] };

/** Numbers of one kind, by what they are: `CIDEr of zero-shot on all examples: low`. */
export type NamedNumbers = ReadonlyMap<string, number | string | null>;

/** The kinds of numbers, in the order in which they are told. */
export const KINDS = [
  "scores and intervals",
  "differences and p-values",
  "facts",
  "slices",
  "single examples",
  "beside the paper",
  "signatures",
] as const;
/** One of {@link KINDS}. */
export type Kind = (typeof KINDS)[number];

/** All numbers by kind and by what they are. */
export function listNumbers(shown: ShownNumbers, runs: readonly string[]): Record<Kind, NamedNumbers> {
  const { facts, slices, examples, extremes = [], winsAndLosses = [] } = shown;
  return {
    "scores and intervals": new Map(shown.scores.flatMap((row) => ofScore(nameScore(row), row))),
    "differences and p-values": new Map([
      ...shown.differences.flatMap((row) => ofDifference(nameDifference(row), row)),
      ...(shown.changes ?? []).flatMap(ofChange),
    ]),
    facts: new Map([
      ...(facts?.scores ?? []).flatMap((row) => ofScore(`${row.fact}, ${nameScore(row)}`, row)),
      ...(facts?.differences ?? []).flatMap((row) => ofDifference(`${row.fact}, ${nameDifference(row)}`, row)),
    ]),
    slices: new Map([
      ...(slices?.scores ?? []).flatMap((row) => ofScore(`${row.slicing}, ${nameScore(row)}`, row)),
      ...(slices?.differences ?? []).flatMap((row) => ofDifference(`${row.slicing}, ${nameDifference(row)}`, row)),
    ]),
    "single examples": new Map([
      ...(examples?.values ?? []).flatMap((values, run) =>
        values.map((value, i) => [`${examples!.score} of ${runs[run]}, example ${examples!.ids[i]}`, value] as const),
      ),
      ...winsAndLosses.flatMap(ofPair),
      ...extremes.map(({ id, value }) => [`best and worst, example ${id}: value`, value] as const),
    ]),
    "beside the paper": new Map((shown.paper ?? []).flatMap(ofPaper)),
    signatures: new Map(Object.entries(shown.signatures ?? {})),
  };
}

type Entry = readonly [what: string, value: number | string | null];

function nameScore({ score, run, subset }: ScoreRow): string {
  return `${score} of ${run} on ${nameSubset(subset)}`;
}

function nameDifference({ score, run, against, subset }: DifferenceRow): string {
  return `${score} of ${run} minus ${against} on ${nameSubset(subset)}`;
}

function nameSubset(subset: string): string {
  return subset === "all" ? "all examples" : subset;
}

function ofScore(name: string, { examples, value, low, high, standardError }: ScoreRow): Entry[] {
  return ofFields(name, { examples, value, low, high, "standard error": standardError });
}

function ofDifference(name: string, row: DifferenceRow): Entry[] {
  const { examples, value, againstValue, difference, low, high, pBootstrap, pPermutation, mcNemar, holm } = row;
  return ofFields(name, {
    ...{ examples, value, "value of the first run": againstValue, difference, low, high },
    ...{ "p (bootstrap)": pBootstrap, "p (permutation)": pPermutation },
    ...(mcNemar && {
      "p (McNemar)": mcNemar.pValue,
      "right by the run alone": mcNemar.onlyFirst,
      "right by the first alone": mcNemar.onlySecond,
    }),
    ...Object.fromEntries(Object.entries(holm ?? {}).map(([test, p]) => [`${test}, Holm`, p])),
  });
}

function ofChange({ run, against, examples, differing, share, low, high }: ChangeRow): Entry[] {
  return ofFields(`texts of ${run} that are not those of ${against}`, { examples, differing, share, low, high });
}

function ofPair({ run, counts, wins, losses }: NonNullable<ShownNumbers["winsAndLosses"]>[number]): Entry[] {
  const listed = (kind: string, examples: readonly ShownExample[]) =>
    examples.flatMap(({ id, value, againstValue, difference }, i) =>
      ofFields(`${kind} ${i + 1} of ${run}`, {
        example: id,
        value,
        "value of the first run": againstValue,
        difference,
      }),
    );
  return [...ofFields(`examples of ${run}`, { ...counts }), ...listed("win", wins), ...listed("loss", losses)];
}

function ofPaper({ title, columns, ours }: ShownPaper): Entry[] {
  return ours.flatMap(({ run, values }) =>
    values.flatMap((value, i): Entry[] => (value === null ? [] : [[`${title}, ${run}: ${columns[i]!.name}`, value]])),
  );
}

function ofFields(name: string, fields: Readonly<Record<string, number | string | undefined>>): Entry[] {
  return Object.entries(fields).flatMap(([field, value]): Entry[] =>
    value === undefined ? [] : [[`${name}: ${field}`, value]],
  );
}

/** A number that is printed beside what it is when it is computed again. */
export interface CheckedNumber {
  readonly what: string;
  /** As JSON; undefined where there is none. */
  readonly printed: string | undefined;
  readonly computed: string | undefined;
}

/** Every number of either side: equal where both are the same as JSON, whose numbers are exact to the last bit. */
export function pairNumbers(printed: NamedNumbers, computed: NamedNumbers): CheckedNumber[] {
  return [...new Set([...printed.keys(), ...computed.keys()])].map((what) => {
    return { what, printed: asJson(printed, what), computed: asJson(computed, what) };
  });
}

function asJson(numbers: NamedNumbers, what: string): string | undefined {
  return numbers.has(what) ? JSON.stringify(numbers.get(what)) : undefined;
}
