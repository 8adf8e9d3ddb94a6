import { SimvlmError } from "@simvlm/metrics";
import { FLAWS, type Outcome, type Predictor } from "../tasks/prediction.js";
import { readAnswer } from "../tasks/read-answer.js";
import type { Reading, Task, TaskData, TaskExample, TaskSettings } from "../tasks/task.js";
import { type Price, priceUsage } from "../tasks/usage.js";
import { type Adaptation, Adaptations, adaptParameters, type Parameters } from "./adaptation.js";
import { openAnswerCache } from "./answer-cache.js";
import type { Address } from "./endpoint-address.js";
import { type Came, CHAT_DEFAULTS, type ChatOptions, createChat } from "./endpoint-chat.js";
import { describePictures, type PictureOptions, toDataUrls } from "./endpoint-pictures.js";
import { judge, type Reply } from "./endpoint-reply.js";
import {
  bodyOf,
  collectParameters,
  PARAMETER_DEFAULTS,
  type ParameterOptions,
  type Question,
} from "./endpoint-request.js";
import { ANSWER_RULE, describeRule } from "./final-answer.js";
import { RefusedRequest } from "./refused-request.js";
import { createMask, type Mask } from "./secrets.js";

/** What is asked of a server, and how. */
export interface EndpointOptions extends ChatOptions, Omit<ParameterOptions, "seed"> {
  readonly settings: TaskSettings;
  /** Examples asked at a time. */
  readonly concurrency?: number;
  /** What the model is told before everything else. */
  readonly system?: string | undefined;
  /** Whether that stands at the beginning of the user's message, for models that know no such role; default false. */
  readonly joinSystem?: boolean | undefined;
  readonly pictures?: PictureOptions | undefined;
  /** Whether parameters that the server refuses are left out or named otherwise; default false: it is an error. */
  readonly adapt?: boolean | undefined;
  /** A folder that keeps answers from one run to the next; default none. */
  readonly cache?: string | undefined;
  /** For the cost of answers. */
  readonly price?: Price | undefined;
}

/** What {@link EndpointOptions} are where nothing is said. */
export const ENDPOINT_DEFAULTS = { ...CHAT_DEFAULTS, ...PARAMETER_DEFAULTS, concurrency: 4 } as const;

/** What came of one example. */
interface Asked {
  readonly outcome: Outcome;
  /** Whose words it is: the model's, or those of something that failed; nobody's where it was not asked. */
  readonly by: "model" | "fault" | "nobody";
  /** What the server takes instead of what it refused. */
  readonly mend?: Adaptation | undefined;
}

/** After so many failures on end it is the endpoint that fails, not the examples. */
const MOST_FAILURES = 20;
/** A server that refuses more than that is asked something else altogether. */
const MOST_ADAPTATIONS = 8;

/**
 * The answers of a vision model that speaks OpenAI's chat completions.
 * @throws SimvlmError `bad-option`; when it predicts: `endpoint-refused`, `endpoint-parameter`, `endpoint-quota`,
 *   `endpoint-busy`, `endpoint-certificate`, `endpoint-unavailable`
 */
export function createEndpointPredictor(
  address: Address,
  task: Task,
  data: TaskData,
  options: EndpointOptions,
): Predictor {
  const { settings, system, price, adapt = false, concurrency, seed } = { ...ENDPOINT_DEFAULTS, ...options };
  const accepted = FLAWS.filter((flaw) => options.accepted?.includes(flaw));
  const mask = createMask(address.secrets);
  const judging = { mask, accepted: new Set(accepted) };
  const chat = createChat(address, mask, options);
  const cache = options.cache === undefined ? undefined : openAnswerCache(options.cache, address);
  let parameters = collectParameters({ ...options, seed });
  let pictures = options.pictures ?? {};
  let isSystemJoined = system !== undefined && (options.joinSystem ?? false);
  let adapted: readonly Adaptation[] = [];
  /** What was asked to find out how to ask. */
  const early = new Map<string, Asked>();
  const asking = new Map<string, Promise<Asked>>();
  let failuresOnEnd = 0;
  let hasAnswered = false;

  const adaptTo = (adaptation: Adaptation): void => {
    adapted = [...adapted, adaptation];
    parameters = adaptParameters(parameters, adaptation);
    if ("pictures" in adaptation) pictures = { ...pictures, joined: true };
    if ("system" in adaptation) isSystemJoined = true;
  };

  const toQuestion = async (example: TaskExample): Promise<Question> => {
    const urls = await toDataUrls(example.images, pictures);
    const content = [
      ...urls.map((url) => ({ type: "image_url", image_url: { url } })),
      { type: "text", text: `${isSystemJoined ? `${system}\n\n` : ""}${task.instruct(example, settings)}` },
    ];
    const hasSystem = system !== undefined && !isSystemJoined;
    const told = hasSystem ? [{ role: "system", content: system }] : [];
    return { parameters, messages: [...told, { role: "user", content }], pictures: urls.length, hasSystem };
  };

  /** From the cache, or from the server. */
  const reply = async (question: Question, id: string): Promise<Came> => {
    const cached = await cache?.find(question);
    if (cached) {
      const { cost: _, ...usage } = cached.usage ?? {};
      return { ...judge(cached.reply, judging), usage: { ...usage, fromCache: true } };
    }
    const came = await chat.ask(question, id);
    return came.usage && price ? { ...came, usage: priceUsage(came.usage, price) } : came;
  };

  /** What is asked the same at the same time is asked once: the others then find it in the cache. */
  const inTurn = async (body: string, work: () => Promise<Asked>): Promise<Asked> => {
    for (let other = asking.get(body); other; other = asking.get(body)) await other.catch(() => {});
    const own = work().finally(() => asking.delete(body));
    asking.set(body, own);
    return own;
  };

  const ask = async (example: TaskExample): Promise<Asked> => {
    const { id } = example;
    const question = await toQuestion(example).catch((error: unknown) => {
      if (error instanceof SimvlmError) return error;
      throw error;
    });
    if (question instanceof SimvlmError) return { outcome: { id, error: question.message }, by: "nobody" };
    return cache ? await inTurn(bodyOf(question), () => answer(question, id)) : await answer(question, id);
  };

  const answer = async (question: Question, id: string): Promise<Asked> => {
    const came = await reply(question, id);
    if ("error" in came) {
      const { mend, again: _, ...failure } = came;
      return { outcome: { id, ...failure }, by: "fault", mend };
    }
    const { text: _, again: __, ...rest } = came;
    const reading = readMasked(task, data, came, mask);
    // Failures are tried again, by the server.
    const isKept = cache && !rest.usage?.fromCache && rest.flaw === undefined && !("error" in reading);
    if (isKept) await cache.keep(question, rest);
    return { outcome: { id, ...reading, ...rest }, by: "model" };
  };

  const askCounting = async (example: TaskExample): Promise<Outcome> => {
    const { outcome, by, mend } = early.get(example.id) ?? (await ask(example));
    if (by === "model") [failuresOnEnd, hasAnswered] = [0, true];
    if (by !== "fault" || !("error" in outcome)) return outcome;
    // Whoever has answered others refuses something about this example.
    if (mend && !hasAnswered)
      throw new RefusedRequest(`${address.name} answers with ${outcome.error}`, mend, parameters);
    failuresOnEnd = outcome.flaw === undefined ? failuresOnEnd + 1 : 0;
    if (failuresOnEnd >= MOST_FAILURES) {
      throw new SimvlmError(
        "endpoint-unavailable",
        `${address.name} has failed ${failuresOnEnd} times in a row, most recently with: ${outcome.error}. ` +
          "Run the same command when it works again; what has been answered is kept.",
      );
    }
    return outcome;
  };

  return {
    get description() {
      const { query, given, maskName } = address;
      return {
        kind: "endpoint",
        url: address.name,
        ...(Object.keys(query).length > 0 && { query }),
        ...(given.length > 0 && { headers: given }),
        model: maskName(options.model),
        request: withoutModel(parameters),
        ...(adapt && { adapted }),
        ...(system !== undefined && { system }),
        ...(isSystemJoined && { systemJoined: true }),
        pictures: describePictures(pictures),
        ...(price && { price }),
        answers: { ...describeRule(ANSWER_RULE), accepted },
        instruction: task.instruct({ prefix: "{prefix}", statement: "{statement}" }, settings),
      };
    },
    async prepare(examples, kept) {
      if (!adapt) return;
      if (kept) {
        for (const adaptation of Adaptations.safeParse(kept.adapted).data ?? []) adaptTo(adaptation);
        return;
      }
      for (const example of examples) {
        for (let asked = await ask(example); asked.by !== "nobody"; asked = await ask(example)) {
          if (asked.mend && adapted.length < MOST_ADAPTATIONS) {
            adaptTo(asked.mend);
            continue;
          }
          if (!asked.mend) early.set(example.id, asked);
          return;
        }
      }
    },
    readsPictures: true,
    batchSize: 1,
    concurrency,
    predict: (examples) => Promise.all(examples.map(askCounting)),
    close: chat.close,
  };
}

function withoutModel({ model: _, ...rest }: Parameters): Parameters {
  return rest;
}

/** What the answer amounts to. Keys stay in answers, but not in what is said of one that amounts to nothing. */
function readMasked(task: Task, data: TaskData, { text }: Reply, mask: Mask): Reading {
  const reading = readAnswer(task, data, text);
  if (!("error" in reading)) return reading;
  const masked = readAnswer(task, data, mask(text));
  return { error: "error" in masked ? masked.error : mask(reading.error) };
}
