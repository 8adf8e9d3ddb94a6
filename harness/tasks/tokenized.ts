import { SimvlmError } from "@simvlm/metrics";
import type { SimVLMConfig } from "../models/simvlm/config.js";
import type { Tokenizer } from "../text/tokenizer.js";
import type { TaskExample } from "./task.js";

/** An example with its texts as token ids. */
export interface TokenizedExample extends TaskExample {
  readonly prefixTokens: readonly number[];
  readonly statementTokens: readonly number[];
  readonly targetTokens: readonly (readonly number[])[];
}

/**
 * The texts of examples as tokens; what is longer than the model has places for is cut.
 */
export function tokenizeExamples(
  examples: readonly TaskExample[],
  tokenizer: Tokenizer,
  config: SimVLMConfig,
): TokenizedExample[] {
  // One place of the decoder is the start token's.
  const encode = (text: string, places: number) => tokenizer.encode(text).slice(0, places);
  return examples.map((example) => ({
    ...example,
    prefixTokens: encode(example.prefix, config.textLength),
    statementTokens: encode(example.statement ?? "", config.textLength - 1),
    targetTokens: example.targets.map((target) => encode(target, config.textLength - 1)),
  }));
}

/** The longest text of each kind, in tokens. */
export function longestTexts(examples: readonly TokenizedExample[]) {
  const longest = (lengths: readonly number[]) => lengths.reduce((most, length) => Math.max(most, length), 0);
  return {
    prefix: longest(examples.map(({ prefixTokens }) => prefixTokens.length)),
    statement: longest(examples.map(({ statementTokens }) => statementTokens.length)),
    target: longest(examples.flatMap(({ targetTokens }) => targetTokens.map((tokens) => tokens.length))),
  };
}

/** @throws SimvlmError `no-examples` */
export function requireExamples(examples: readonly unknown[], where: string): void {
  if (examples.length > 0) return;
  throw new SimvlmError("no-examples", `${where} has no examples. Check --data, --split and --limit.`);
}
