import {
  bootstrapAll,
  type CaptionStatistics,
  captionStatistics,
  createMetricInput,
  distinctMetric,
  documentFrequencies,
  evaluateMetric,
  type Interval,
  type MetricDefinition,
  type MetricInput,
  type MetricResult,
  mutualBleuMetric,
  RESAMPLING_DEFAULTS,
  type ResamplingOptions,
  SimvlmError,
  selfCiderMetric,
} from "@simvlm/metrics";
import { listIds } from "../formats/ids.js";
import { finderOf } from "../formats/results/match-ids.js";
import type { CaptionSet } from "../formats/results.js";
import type { Truth } from "./task.js";
import { type Comparison, compareScored } from "./uncertainty.js";

/** What scores sets of captions. */
const METRICS: readonly MetricDefinition[] = [selfCiderMetric, mutualBleuMetric, distinctMetric];

/** Several captions of each picture, and what is known beside them. */
export interface DiversityRequest {
  /** A picture may stand here several times. */
  readonly captions: readonly CaptionSet[];
  /** Those of another system, of the same pictures. */
  readonly against?: readonly CaptionSet[] | undefined;
  /**
   * What people wrote of the pictures: Self-CIDEr counts documents there; default: in the captions themselves, those of
   * both systems where there are two.
   */
  readonly references?: readonly Truth[] | undefined;
  /** The captions that were trained on, to tell which are novel. */
  readonly training?: readonly string[] | undefined;
  readonly resampling?: ResamplingOptions;
  /** Is told of each metric that cannot be computed, and why. */
  readonly onUnable: (metric: MetricDefinition, reason: SimvlmError) => void;
}

/** How much a system's captions of each picture differ, and what all of them are like. */
export interface SystemDiversity {
  readonly pictures: number;
  /** The fewest and the most captions that a picture has. */
  readonly captionsEach: readonly [least: number, most: number];
  /** Each score with its interval; pictures are resampled. */
  readonly scores: Readonly<Record<string, Interval>>;
  readonly statistics: CaptionStatistics;
  readonly signatures: Readonly<Record<string, string>>;
}

/** What `simvlm diversity --json` writes. */
export interface DiversityReport extends SystemDiversity {
  readonly format: 1;
  readonly resampling: Required<ResamplingOptions>;
  readonly against?: SystemDiversity;
  /** By score, the system minus the other, of scores that both have with one signature. */
  readonly differences?: Readonly<Record<string, Comparison>>;
}

/**
 * How much the captions of each picture differ, and what all of them are like; with another system's, also how the two
 * differ, on the same resampled pictures.
 * @throws SimvlmError `unknown-predictions` for pictures that the references have not, `not-paired` for two systems with
 *   captions of different pictures
 */
export async function measureDiversity(request: DiversityRequest): Promise<DiversityReport> {
  const resampling = { ...RESAMPLING_DEFAULTS, ...request.resampling };
  const own = collect(request.captions, request.references);
  const others = request.against && inOrderOf(own, collect(request.against, request.references));
  const frequencies = countDocuments(request, own, others);
  const measured = await measureSystem(own, frequencies, { ...request, resampling });
  const report = { format: 1, ...measured.told, resampling } as const;
  if (!others) return report;
  const against = await measureSystem(others, frequencies, { ...request, resampling });
  const common = (one: Measured, two: Measured) => ({
    ids: one.ids,
    results: one.results.filter(({ metric }) => two.results.some((other) => other.metric === metric)),
  });
  const pair = [common(measured, against), common(against, measured)] as const;
  return { ...report, against: against.told, differences: compareScored(...pair, resampling, () => {}) };
}

/** The captions of each picture. */
type Sets = ReadonlyMap<string, readonly string[]>;
type Frequencies = Pick<MetricInput, "documentFrequency" | "documentFrequencyName">;

/** Undefined for one system without references, whose captions are then counted. */
function countDocuments(
  { references }: DiversityRequest,
  own: Sets,
  others: Sets | undefined,
): Frequencies | undefined {
  if (references) {
    const described = references.flatMap(({ references: texts = [] }) => (texts.length > 0 ? [texts] : []));
    return { documentFrequency: documentFrequencies(described), documentFrequencyName: "references" };
  }
  if (!others) return undefined;
  const both = [...own].map(([id, captions]) => [...captions, ...(others.get(id) ?? [])]);
  return { documentFrequency: documentFrequencies(both), documentFrequencyName: "captions(both)" };
}

interface Measured {
  readonly ids: readonly string[];
  readonly results: readonly MetricResult[];
  readonly told: SystemDiversity;
}

async function measureSystem(
  sets: Sets,
  frequencies: Frequencies | undefined,
  { training, resampling, onUnable }: DiversityRequest,
): Promise<Measured> {
  const counts = [...sets.values()].map(({ length }) => length);
  const examples = [...sets].map(([id, captions]) => ({ id, prediction: captions[0]!, captions, references: [] }));
  const input = createMetricInput(examples, frequencies);
  const results: MetricResult[] = [];
  for (const metric of METRICS) {
    try {
      results.push(await evaluateMetric(metric, input));
    } catch (error) {
      if (!(error instanceof SimvlmError)) throw error;
      onUnable(metric, error);
    }
  }
  const told: SystemDiversity = {
    pictures: sets.size,
    captionsEach: [Math.min(...counts), Math.max(...counts)],
    scores: Object.assign({}, ...bootstrapAll(results, resampling)),
    statistics: captionStatistics([...sets.values()].flat(), training),
    signatures: Object.fromEntries(results.map(({ metric, signature }) => [metric, signature])),
  };
  return { ids: [...sets.keys()], results, told };
}

/** The same sets in the order of others; a picture that only they have comes last. */
function inOrderOf(first: Sets, sets: Sets): Sets {
  const common = [...first.keys()].flatMap((id) => (sets.has(id) ? [[id, sets.get(id)!] as const] : []));
  return new Map([...common, ...sets]);
}

/** The captions of each picture, under the ids of the references. */
function collect(captions: readonly CaptionSet[], references: readonly Truth[] | undefined): Map<string, string[]> {
  const find = references && finderOf(references);
  const unknown = find ? captions.filter(({ id }) => !find(id)) : [];
  if (unknown.length > 0) {
    throw new SimvlmError(
      "unknown-predictions",
      `The references have no picture ${listIds([...new Set(unknown.map(({ id }) => id))])}. Check that both files are of the same split.`,
    );
  }
  const sets = new Map<string, string[]>();
  for (const { id: said, captions: own } of captions) {
    const id = find ? find(said)!.id : said;
    const known = sets.get(id);
    if (known) known.push(...own);
    else sets.set(id, [...own]);
  }
  return sets;
}
