import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { createMetricInput, SimvlmError, type SpiceQuestion, spiceMetric, spiceQuestions } from "@simvlm/metrics";
import { hashFile } from "../files/hash.js";
import { readSpiceProgram } from "../metric-data/spice/installed.js";
import type { ProgramOptions } from "../metric-data/spice/judge-captions.js";
import {
  isOfShare,
  type Origin,
  openShare,
  type Part,
  readShares,
  requireSameShares,
} from "../metric-data/spice/judged-shares.js";
import { keyOf, openJudgementCache } from "../metric-data/spice/judgement-cache.js";
import { pairUp } from "../tasks/score-predictions.js";
import { formatCount } from "../terminal/numbers.js";
import { print } from "../terminal/streams.js";
import { withMetricPrograms } from "./metric-data.js";
import { OF_SCORES, type ScoreOptions } from "./score-options.js";
import { readAligned, type Scoring } from "./score-references.js";

/**
 * Refuses a share of what is not judged, and options that say what becomes of scores.
 * @throws SimvlmError `bad-option`
 */
export function requireShare({ shard, judgements, metrics }: ScoreOptions, command: CommandUnknownOpts): void {
  if (shard === undefined) return;
  if (judgements === undefined) {
    throw new SimvlmError("bad-option", "--shard needs --judgements: the folder that all shares are judged into.");
  }
  if (!judgesCaptions(metrics)) {
    throw new SimvlmError("bad-option", "--shard is for what SPICE's program judges: add spice to --metrics.");
  }
  const isGiven = command.options.find(
    (option) => OF_SCORES.has(option.long!.slice(2)) && command.getOptionValueSource(option.attributeName()) === "cli",
  );
  if (!isGiven) return;
  throw new SimvlmError(
    "bad-option",
    `${isGiven.long} has no meaning with --shard, which gives no scores. Give it to the command without --shard, which finds all shares.`,
  );
}

/** Whether SPICE's program has something to do for metrics. */
export function judgesCaptions(metrics: readonly string[] | undefined): boolean {
  return metrics?.some((name) => name === spiceMetric.name || name === "all") ?? false;
}

/** Has a share of the captions judged, into the folder of all. */
export async function judgeShare(shard: Part, folder: string, scoring: Scoring): Promise<void> {
  const { options } = scoring;
  const asked = (await listAsked(scoring)).filter(({ question }) => isOfShare(question, shard));
  const program = await readSpiceProgram();
  const { judgeCaptions } = await import("../metric-data/spice/judge-captions.js"); // it is rarely needed
  const share = await openShare(folder, { shard, files: await hashInputs(options), captions: asked.length });
  try {
    const questions = asked.map(({ question }) => question);
    const names = asked.map(({ name }) => name);
    const { openCache } = share;
    await withMetricPrograms(options.spice, (how) => judgeCaptions(program, questions, names, { ...how, openCache }));
    await share.seal();
  } finally {
    await share.close();
  }
  await print(`${folder}: share ${shard.index} of ${shard.of} is judged, ${formatCount(asked.length)} captions.`);
}

/** What is asked of all captions, each once, with what messages call it. */
async function listAsked(scoring: Scoring): Promise<{ readonly question: SpiceQuestion; readonly name: string }[]> {
  const { predictions, against } = scoring.options;
  const asked = new Map<string, { readonly question: SpiceQuestion; readonly name: string }>();
  for (const path of against === undefined ? [predictions] : [predictions, against]) {
    const { examples } = pairUp({ ...scoring, predictions: await readAligned(path, scoring) });
    // Of all captions, since the next one can change how a caption's end is tokenised.
    for (const [i, question] of spiceQuestions(createMetricInput(examples)).entries()) {
      asked.set(keyOf(question), { question, name: examples[i]!.id });
    }
  }
  return [...asked.values()];
}

/** Where the judgements of shares are looked for, and in the user's cache after that. */
export function findJudgements(folder: string): Promise<NonNullable<ProgramOptions["openCache"]>> {
  return readShares(folder, openJudgementCache);
}

/**
 * Sees to it that shares which were judged before are of the same files.
 * @throws SimvlmError `other-judgements`, and what reading the files throws
 */
export async function requireSameInputs(folder: string, of: number, options: Inputs): Promise<void> {
  await requireSameShares(folder, of, () => hashInputs(options));
}

/** The options that name what captions come from. */
type Inputs = Pick<ScoreOptions, "references" | "predictions" | "against">;

async function hashInputs({ references, predictions, against }: Inputs): Promise<Origin> {
  return {
    references: await hashFile(references),
    predictions: await hashFile(predictions),
    ...(against !== undefined && { against: await hashFile(against) }),
  };
}
