import { SimvlmError } from "@simvlm/metrics";
import { usualPrompt, type VisionLanguageModel } from "../models/vision-language-model.js";
import type { TaskExample } from "./task.js";

/** An example with its texts as token ids. */
export interface TokenizedExample extends TaskExample {
  readonly promptTokens: readonly number[];
  readonly statementTokens: readonly number[];
  readonly targetTokens: readonly (readonly number[])[];
}

/**
 * The texts of examples as tokens; what is longer than the model has places for is cut.
 * @param language of the prompt, where examples leave that to the model
 */
export function tokenizeExamples(
  examples: readonly TaskExample[],
  model: Pick<VisionLanguageModel, "tokenizer" | "prompting" | "longestText">,
  language: string,
): TokenizedExample[] {
  const { tokenizer, prompting, longestText } = model;
  const encode = (text: string, places: number) => tokenizer.encode(text).slice(0, places);
  const usual = usualPrompt(model, language);
  return examples.map((example) => ({
    ...example,
    promptTokens: encode(example.prefix ?? usual, prompting.longest),
    statementTokens: encode(example.statement ?? "", longestText),
    targetTokens: example.targets.map((target) => encode(target, longestText)),
  }));
}

/** The longest text of each kind, in tokens. */
export function longestTexts(examples: readonly TokenizedExample[]) {
  const longest = (lengths: readonly number[]) => lengths.reduce((most, length) => Math.max(most, length), 0);
  return {
    prompt: longest(examples.map(({ promptTokens }) => promptTokens.length)),
    statement: longest(examples.map(({ statementTokens }) => statementTokens.length)),
    target: longest(examples.flatMap(({ targetTokens }) => targetTokens.map((tokens) => tokens.length))),
  };
}

/** @throws SimvlmError `no-examples` */
export function requireExamples(examples: readonly unknown[], where: string): void {
  if (examples.length > 0) return;
  throw new SimvlmError(
    "no-examples",
    `${where} has no examples. Check the data set's folder, the split and the limit.`,
  );
}
