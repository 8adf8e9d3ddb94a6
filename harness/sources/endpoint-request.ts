import { SimvlmError } from "@simvlm/metrics";
import type { Parameters } from "./adaptation.js";

/** One question, as a server is asked it. */
export interface Question {
  /** The model's name among them. */
  readonly parameters: Parameters;
  readonly messages: readonly object[];
  /** How many pictures there are in the messages. */
  readonly pictures: number;
  /** Whether the first message is the system's. */
  readonly hasSystem?: boolean;
}

/** What a server is told beside the messages. */
export interface ParameterOptions {
  readonly model: string;
  readonly seed: number;
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  /** Of an answer, at most. */
  readonly maxTokens?: number | undefined;
  /** Any parameters, by the server's names for them, in place of those above; null: left out. */
  readonly request?: Parameters | undefined;
}

/** What {@link ParameterOptions} are where nothing is said. */
export const PARAMETER_DEFAULTS = { temperature: 0, maxTokens: 128 } as const;

/** What cannot be chosen, and who says it. */
const TAKEN: Readonly<Record<string, string>> = {
  model: "the model's name is given on its own",
  messages: "the task says what is asked",
};

/** Two names of one parameter: who says the first does not say the second. */
const SAME_LIMIT = ["max_completion_tokens", "max_tokens"] as const;

/**
 * The parameters of every question: those of the options, then those of `request` in their place. A seed goes along
 * where answers are drawn by chance.
 * @throws SimvlmError `bad-option`
 */
export function collectParameters(options: ParameterOptions): Parameters {
  const { model, seed, topP, request = {} } = options;
  const temperature = options.temperature ?? PARAMETER_DEFAULTS.temperature;
  const [limit, other] = SAME_LIMIT;
  for (const [name, why] of Object.entries(TAKEN)) {
    if (Object.hasOwn(request, name)) {
      throw new SimvlmError("bad-option", `The parameter ${name} of requests cannot be set: ${why}.`);
    }
  }
  const usual = {
    model,
    ...(!isSet(request[limit]) && { [other]: options.maxTokens ?? PARAMETER_DEFAULTS.maxTokens }),
    temperature,
    ...(topP !== undefined && { top_p: topP }),
  };
  const chosen: Parameters = { ...usual, ...request };
  const isDrawn = typeof chosen.temperature === "number" && chosen.temperature > 0;
  const all = isDrawn && !Object.hasOwn(request, "seed") ? { ...chosen, seed } : chosen;
  return Object.fromEntries(Object.entries(all).filter(([, value]) => isSet(value)));
}

const isSet = (value: unknown): boolean => value !== undefined && value !== null;

/** The body of a request. */
export function bodyOf({ parameters, messages }: Question): string {
  return JSON.stringify({ ...parameters, messages });
}
