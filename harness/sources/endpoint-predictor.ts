import { SimvlmError } from "@simvlm/metrics";
import { FLAWS, type Outcome, type Predictor } from "../tasks/prediction.js";
import { readAnswer } from "../tasks/read-answer.js";
import type { Reading, Task, TaskData, TaskExample, TaskSettings } from "../tasks/task.js";
import { toDataUrl } from "./data-url.js";
import type { Address } from "./endpoint-address.js";
import { CHAT_DEFAULTS, type ChatOptions, createChat } from "./endpoint-chat.js";
import type { Reply } from "./endpoint-reply.js";
import { ANSWER_RULE } from "./final-answer.js";
import { createMask, type Mask } from "./secrets.js";

/** What is asked of a server, and how. */
export interface EndpointOptions extends ChatOptions {
  /** As the endpoint calls it. */
  readonly model: string;
  readonly settings: TaskSettings;
  /** Examples asked at a time. */
  readonly concurrency?: number;
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  /** Of an answer, at most. */
  readonly maxTokens?: number | undefined;
}

/** What {@link EndpointOptions} are where nothing is said. */
export const ENDPOINT_DEFAULTS = { ...CHAT_DEFAULTS, concurrency: 4, temperature: 0, maxTokens: 128 } as const;

/** After so many failures on end it is the endpoint that fails, not the examples. */
const MOST_FAILURES = 20;

/**
 * The answers of a vision model that speaks OpenAI's chat completions.
 * @throws SimvlmError when it predicts: `endpoint-refused`, `endpoint-quota`, `endpoint-unavailable`
 */
export function createEndpointPredictor(
  address: Address,
  task: Task,
  data: TaskData,
  options: EndpointOptions,
): Predictor {
  const { model, settings, concurrency, seed, topP } = { ...ENDPOINT_DEFAULTS, ...options };
  const temperature = options.temperature ?? ENDPOINT_DEFAULTS.temperature;
  const maxTokens = options.maxTokens ?? ENDPOINT_DEFAULTS.maxTokens;
  const accepted = FLAWS.filter((flaw) => options.accepted?.includes(flaw));
  const mask = createMask(address.secrets);
  const chat = createChat(address, mask, options);
  const parameters = {
    model,
    max_tokens: maxTokens,
    temperature,
    ...(topP !== undefined && { top_p: topP }),
    ...(temperature > 0 && { seed }),
  };
  let failuresOnEnd = 0;

  const ask = async (example: TaskExample): Promise<Outcome> => {
    const { id } = example;
    const content = await toContent(task, example, settings).catch((error: unknown) => {
      if (error instanceof SimvlmError) return error;
      throw error;
    });
    if (content instanceof SimvlmError) return { id, error: content.message };
    const reply = await chat.ask({ ...parameters, messages: [{ role: "user", content }] }, id);
    if (!("error" in reply)) {
      failuresOnEnd = 0;
      return { id, ...readMasked(task, data, reply, mask), ...withoutText(reply) };
    }
    failuresOnEnd = reply.flaw === undefined ? failuresOnEnd + 1 : 0;
    if (failuresOnEnd >= MOST_FAILURES) {
      throw new SimvlmError(
        "endpoint-unavailable",
        `${address.name} has failed ${failuresOnEnd} times in a row, most recently with: ${reply.error}. ` +
          "Run the same command when it works again; what has been answered is kept.",
      );
    }
    return { id, ...reply };
  };

  return {
    description: {
      kind: "endpoint",
      url: address.name,
      ...parameters,
      model: mask(model),
      answers: { ...ANSWER_RULE, accepted },
      instruction: task.instruct({ prefix: "{prefix}", statement: "{statement}" }, settings),
    },
    readsPictures: true,
    batchSize: 1,
    concurrency,
    predict: (examples) => Promise.all(examples.map(ask)),
    close: chat.close,
  };
}

const withoutText = ({ text: _, ...rest }: Reply): Omit<Reply, "text"> => rest;

/** What the answer amounts to. Keys stay in answers, but not in what is said of one that amounts to nothing. */
function readMasked(task: Task, data: TaskData, { text }: Reply, mask: Mask): Reading {
  const reading = readAnswer(task, data, text);
  if (!("error" in reading)) return reading;
  const masked = readAnswer(task, data, mask(text));
  return { error: "error" in masked ? masked.error : mask(reading.error) };
}

async function toContent(task: Task, example: TaskExample, settings: TaskSettings): Promise<object[]> {
  const urls = await Promise.all(example.images.map(toDataUrl));
  return [
    ...urls.map((url) => ({ type: "image_url", image_url: { url } })),
    { type: "text", text: task.instruct(example, settings) },
  ];
}
