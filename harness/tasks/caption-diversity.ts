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

/** What scores sets of captions. */
const METRICS: readonly MetricDefinition[] = [selfCiderMetric, mutualBleuMetric, distinctMetric];

/** Several captions of each picture, and what is known beside them. */
export interface DiversityRequest {
  /** A picture may stand here several times. */
  readonly captions: readonly CaptionSet[];
  /** What people wrote of the pictures: Self-CIDEr counts documents there; default: in the captions themselves. */
  readonly references?: readonly Truth[] | undefined;
  /** The captions that were trained on, to tell which are novel. */
  readonly training?: readonly string[] | undefined;
  readonly resampling?: ResamplingOptions;
  /** Is told of each metric that cannot be computed, and why. */
  readonly onUnable: (metric: MetricDefinition, reason: SimvlmError) => void;
}

/** What `simvlm diversity --json` writes. */
export interface DiversityReport {
  readonly format: 1;
  readonly pictures: number;
  /** The fewest and the most captions that a picture has. */
  readonly captionsEach: readonly [least: number, most: number];
  /** Each score with its interval; pictures are resampled. */
  readonly scores: Readonly<Record<string, Interval>>;
  readonly statistics: CaptionStatistics;
  readonly resampling: Required<ResamplingOptions>;
  readonly signatures: Readonly<Record<string, string>>;
}

/**
 * How much the captions of each picture differ, and what all of them are like.
 * @throws SimvlmError `unknown-predictions` for pictures that the references have not
 */
export async function measureDiversity(request: DiversityRequest): Promise<DiversityReport> {
  const { references, training, onUnable } = request;
  const resampling = { ...RESAMPLING_DEFAULTS, ...request.resampling };
  const sets = collect(request.captions, references);
  const counts = [...sets.values()].map(({ length }) => length);
  const examples = [...sets].map(([id, captions]) => ({ id, prediction: captions[0]!, captions, references: [] }));
  const described = references?.flatMap(({ references: own = [] }) => (own.length > 0 ? [own] : []));
  const input = createMetricInput(
    examples,
    described && { documentFrequency: documentFrequencies(described), documentFrequencyName: "references" },
  );
  const results: MetricResult[] = [];
  for (const metric of METRICS) {
    try {
      results.push(await evaluateMetric(metric, input));
    } catch (error) {
      if (!(error instanceof SimvlmError)) throw error;
      onUnable(metric, error);
    }
  }
  return {
    format: 1,
    pictures: sets.size,
    captionsEach: [Math.min(...counts), Math.max(...counts)],
    scores: Object.assign({}, ...bootstrapAll(results, resampling)),
    statistics: captionStatistics([...sets.values()].flat(), training),
    resampling,
    signatures: Object.fromEntries(results.map(({ metric, signature }) => [metric, signature])),
  };
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
