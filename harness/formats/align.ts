import { SimvlmError } from "@simvlm/metrics";
import { findRepeated, listIds } from "./ids.js";

/** How predictions are put beside examples. */
export interface AlignOptions {
  /** The predictions file, for messages. */
  path: string;
  /** Keep only the examples that have a prediction, instead of refusing (default false). */
  allowMissing?: boolean;
  /** Ids that may be predicted although they are not examples, such as SNLI-VE's unlabelled pairs (default none). */
  ignore?: readonly string[] | undefined;
}

/** `predictions[n]` is of `examples[n]`, in the order of the data set. */
export interface Aligned<E, P> {
  examples: E[];
  predictions: P[];
  /** The ids of the examples left out for want of a prediction. */
  missing: string[];
}

/**
 * Put a system's predictions beside the examples they are of.
 *
 * @param examples no id twice
 * @throws SimvlmError `duplicate-predictions`, `unknown-predictions`, `missing-predictions`, with the first ids and
 *   their number; `nothing-predicted` if there is none, whatever is allowed
 */
export function alignPredictions<E extends { id: string }, P extends { id: string }>(
  examples: readonly E[],
  predictions: readonly P[],
  options: AlignOptions,
): Aligned<E, P> {
  const { path, allowMissing = false, ignore = [] } = options;
  const byId = new Map<string, P>();
  for (const prediction of predictions) byId.set(prediction.id, prediction);
  if (byId.size < predictions.length) {
    throw new SimvlmError(
      "duplicate-predictions",
      `${path}: more than one prediction for id ${listIds(findRepeated(predictions))}. Keep one for each (several captions are for \`simvlm diversity\`).`,
    );
  }
  const aligned: Aligned<E, P> = { examples: [], predictions: [], missing: [] };
  for (const example of examples) {
    const prediction = byId.get(example.id);
    if (prediction) {
      aligned.examples.push(example);
      aligned.predictions.push(prediction);
    } else {
      aligned.missing.push(example.id);
    }
  }
  if (aligned.predictions.length < predictions.length) {
    const known = new Set([...ignore, ...examples.map(({ id }) => id)]);
    const unknown = predictions.filter(({ id }) => !known.has(id)).map(({ id }) => id);
    if (unknown.length > 0) {
      const isForeign = unknown.length === predictions.length && examples.length > 0;
      const found = listIds(unknown) + (isForeign ? `; theirs are ${listIds(examples.map(({ id }) => id))}` : "");
      throw new SimvlmError(
        "unknown-predictions",
        `${path}: the references have no id ${found}. Check that both files are of the same split.`,
      );
    }
  }
  const { length: missing } = aligned.missing;
  if (missing > 0 && aligned.examples.length === 0) {
    throw new SimvlmError(
      "nothing-predicted",
      `${path} has no prediction for any of ${examples.length} examples: ${listIds(aligned.missing)}. ` +
        "Check that it is of the same split.",
    );
  }
  if (missing > 0 && !allowMissing) {
    throw new SimvlmError(
      "missing-predictions",
      `${path}: no prediction for ${missing} of ${examples.length} examples: ${listIds(aligned.missing)}. ` +
        "Add them, or allow missing predictions to score only the others.",
    );
  }
  return aligned;
}
