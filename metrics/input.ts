import type { DocumentFrequencyTable } from "./scores/document-frequency.js";

/** One person's answer as the annotations file has it; fields beside `answer` only tell answers apart. */
export interface HumanAnswer {
  /** As the person wrote it. */
  readonly answer: string;
  /** The number of the answer among the question's, where the file has it. */
  readonly answer_id?: unknown;
  /** It is right by itself: several people were not asked. */
  readonly alone?: unknown;
}

/** One example to be scored: what a system said, and what is known of the right answer. */
export interface MetricExample {
  /** What messages call it. */
  readonly id: string;
  /** What the system said. */
  readonly prediction: string;
  /** What people wrote, or the right class as the only one; empty where nobody knows. */
  readonly references: readonly string[];
  /** Examples of one cluster (questions about one picture, pairs of one sentence) are resampled together. */
  readonly cluster?: string | undefined;
  /** Several captions that the system said of one picture, for metrics of how they differ. */
  readonly captions?: readonly string[] | undefined;
  /** The records of people's answers, with whatever fields the annotations file gives them (VQA). */
  readonly answers?: readonly HumanAnswer[] | undefined;
  /** The texts of the options of a multiple-choice question, whose reference is a letter: the first is A. */
  readonly choices?: readonly string[] | undefined;
  /** Names of the things in the picture, for metrics of what a text claims to see. */
  readonly instances?: readonly string[] | undefined;
  /** Picture files. */
  readonly pictures?: readonly string[] | undefined;
}

/** All that a metric may need; document frequencies it only makes use of where they are given. */
export const METRIC_NEEDS = [
  "references",
  "answers",
  "instances",
  "pictures",
  "captions",
  "document-frequencies",
  "tables",
] as const;

/** What a metric cannot do without, or makes use of where it is given (document frequencies). */
export type MetricNeed = (typeof METRIC_NEEDS)[number];

/** What is given beside the examples. */
export interface MetricOptions {
  /** Counts to weigh n-grams by; default: those of the references being scored. */
  readonly documentFrequency?: DocumentFrequencyTable | undefined;
  /** What signatures call the counts. */
  readonly documentFrequencyName?: string | undefined;
  /** Word lists and synonyms by name, for metrics that need such. */
  readonly tables?: Readonly<Record<string, unknown>> | undefined;
}

/** What a metric looks at: all examples at once, and what they share with other metrics. */
export interface MetricInput extends MetricOptions {
  /** In the order of all results. */
  readonly examples: readonly MetricExample[];
  /** The result of `make`, computed once for all metrics that ask for it: token numbers, n-grams. */
  share<T>(make: (input: MetricInput) => T): T;
  /** The result of `make` if some metric has asked for it; else undefined. */
  findShared<T>(make: (input: MetricInput) => T): T | undefined;
}

/** What {@link MetricInput.share} gives, by what makes it. */
export type SharedResults = ReadonlyMap<(input: MetricInput) => unknown, unknown>;

/**
 * What metrics look at.
 * @param examples to be scored together; their order is the order of all results
 * @param known what metrics would share of these examples, computed before
 */
export function createMetricInput(
  examples: readonly MetricExample[],
  options: MetricOptions = {},
  known: SharedResults = new Map(),
): MetricInput {
  const shared = new Map<unknown, unknown>(known);
  const input: MetricInput = {
    ...options,
    examples,
    share<T>(make: (input: MetricInput) => T): T {
      if (!shared.has(make)) shared.set(make, make(input));
      return shared.get(make) as T;
    },
    findShared<T>(make: (input: MetricInput) => T): T | undefined {
      return shared.get(make) as T | undefined;
    },
  };
  return input;
}
