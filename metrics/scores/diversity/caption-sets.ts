import { SimvlmError } from "../../error.js";
import type { MetricExample, MetricInput } from "../../input.js";
import { ptbTokenizeAll } from "../../text/ptb.js";
import { splitWords } from "../../text/white-space.js";

/** The captions of each example, as words: PTB's tokens of all captions as one text, as pycocoevalcap has them. */
export function captionSets({ examples }: MetricInput): string[][][] {
  const all = ptbTokenizeAll(examples.flatMap(({ captions = [] }) => captions));
  let next = 0;
  return examples.map(({ captions = [] }) => captions.map(() => all[next++]!.flatMap(splitWords)));
}

/** @throws SimvlmError `metric-needs` for an example with fewer than two captions: there is nothing to hold it against */
export function requireSeveral(name: string, { examples }: MetricInput): void {
  const alone = examples.find(({ captions = [] }: MetricExample) => captions.length < 2);
  if (!alone) return;
  throw new SimvlmError(
    "metric-needs",
    `The metric ${name} needs two captions or more of every picture, and ${alone.id} has ${alone.captions?.length ?? 0}.`,
  );
}

/** The n-grams of a caption, its words joined by spaces. */
export function ngramsOf(words: readonly string[], order: number): string[] {
  return Array.from({ length: Math.max(0, words.length - order + 1) }, (_, i) => words.slice(i, i + order).join(" "));
}

/** How many captions pictures have, for signatures: `5`, or `4-5`. */
export function describeCounts({ examples }: MetricInput): string {
  const counts = examples.map(({ captions = [] }) => captions.length);
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  return fewest === most ? `${most}` : `${fewest}-${most}`;
}
