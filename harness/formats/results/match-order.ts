import { SimvlmError } from "@simvlm/metrics";
import type { MatchedIds } from "./match-ids.js";
import type { InOrder } from "./results-form.js";

interface Asked {
  readonly id: string;
  readonly asked?: string | undefined;
}

interface Placed {
  readonly id: string;
  readonly inOrder?: InOrder | undefined;
}

/**
 * Predictions without ids, the n-th of the n-th example; and those whose ids no example has, where all of them repeat what
 * was asked. Whatever they repeat must be what their example asks: instructions may follow it.
 * @param path of the predictions, for messages
 * @returns undefined where the ids count
 * @throws SimvlmError `different-counts`, `different-questions`
 */
export function matchOrder<P extends Placed>(
  examples: readonly Asked[],
  predictions: readonly P[],
  path: string,
): MatchedIds<Omit<P, "inOrder">> | undefined {
  const places = predictions.flatMap(({ inOrder }) => inOrder ?? []);
  if (places.length < predictions.length || places.length === 0) return undefined;
  const isNamed = places.some((place) => place.isNamed);
  if (isNamed && !areForeign(examples, predictions, places)) return undefined;
  if (predictions.length !== examples.length) {
    const why = isNamed ? "whose ids are none of the references'" : "without ids";
    throw new SimvlmError(
      "different-counts",
      `${path} has ${predictions.length} answers ${why}, and the references have ${examples.length} questions. Answers ` +
        "belong to the questions in their order: give just these questions' file, and an answer to each.",
    );
  }
  for (const [i, { where, asked }] of places.entries()) requireSame(examples[i]!, asked, where, i + 1);
  return {
    predictions: predictions.map(({ inOrder: _, ...prediction }, i) => ({ ...prediction, id: examples[i]!.id })),
    said: "those of the references, in their order",
  };
}

/** Whether ids are not the examples', and what was asked tells of which examples the predictions are. */
function areForeign(examples: readonly Asked[], predictions: readonly Placed[], places: readonly InOrder[]): boolean {
  const known = new Set(examples.map(({ id }) => id));
  return (
    places.every(({ asked }) => asked !== undefined) &&
    examples.every(({ asked }) => asked !== undefined) &&
    !predictions.every(({ id }) => known.has(id))
  );
}

function requireSame({ id, asked: wanted }: Asked, asked: string | undefined, where: string, number: number): void {
  if (asked === undefined || wanted === undefined || beginsWith(simplify(asked), simplify(wanted))) return;
  throw new SimvlmError(
    "different-questions",
    `${where} asks ${JSON.stringify(asked)}, but question ${number} of the references (${id}) is ${JSON.stringify(wanted)}. ` +
      "Check that they are of the same set, and put the answers in the order of the questions.",
  );
}

/** Case, white space and the place of the picture do not count. */
function simplify(question: string): string {
  return question
    .replace(/<image>/g, " ")
    .trim()
    .replace(/\s+/g, " ")
    .toLowerCase();
}

function beginsWith(asked: string, wanted: string): boolean {
  return asked.startsWith(wanted) && !/^[\p{L}\p{N}]/u.test(asked.slice(wanted.length));
}
