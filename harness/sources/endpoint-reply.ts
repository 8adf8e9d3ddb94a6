import { z } from "zod";
import type { Flaw, RawReply } from "../tasks/prediction.js";
import type { Usage } from "../tasks/usage.js";
import type { FinalAnswer } from "./final-answer.js";
import { joinParts, judgeReply } from "./judge-reply.js";
import type { Mask } from "./secrets.js";
import { explainWebPage } from "./web-page.js";

const QUOTED = 240;

/** An answer, or what came instead of one. */
export type Reply = Readable & { readonly text: string; readonly reply: RawReply };
/** Why there is no answer. */
export type NoReply = Readable & { readonly error: string };
interface Readable {
  readonly flaw?: Flaw;
  /** What was said, where anything was. */
  readonly reply?: RawReply;
  readonly usage?: Usage;
}

const Piece = z.union([z.string(), z.object({ text: z.string() }).transform(({ text }) => text)]).catch("");

/** A text, or a list of pieces with texts in them; of anything else nothing is kept. */
const Text = z
  .union([z.string(), z.array(Piece).transform((pieces) => pieces.join(""))])
  .optional()
  .catch(undefined);

/** What it holds is its text, whatever it is called. */
const Part = z.union([
  z.string().transform((text) => ({ type: "text", text })),
  z
    .object({
      type: z.string().default("text"),
      text: z.string().optional(),
      thinking: Text,
      summary: Text,
      refusal: Text,
      thought: z.boolean().optional().catch(undefined),
    })
    .transform(({ type, thinking, summary = thinking, refusal = summary, thought, text = refusal }) => {
      return { type: thought ? "thought" : type, ...(text !== undefined && { text }) };
    }),
]);

/** Null where it is neither. */
const Reason = z.string().nullish().catch(undefined);

const Message = z.object({
  content: z.union([z.string(), z.array(Part), z.null()]).optional(),
  refusal: z.string().nullish(),
  reasoning_content: Text,
  reasoning: Text,
  reasoning_details: Text,
  thinking: Text,
  thinking_blocks: z.array(Part).optional().catch(undefined),
  tool_calls: z.array(z.unknown()).nullish(),
  function_call: z.unknown().optional(),
});

/** Azure's: what each filter found. */
const Filters = z.record(z.string(), z.unknown()).optional().catch(undefined);

const Choice = z
  .object({
    index: z.number().optional().catch(undefined),
    message: Message.optional(),
    /** Of a completion as it was before there were messages. */
    text: z.string().optional(),
    finish_reason: z.unknown().optional(),
    native_finish_reason: Reason,
    finish_details: z.object({ type: Reason }).optional().catch(undefined),
    stop_reason: Reason,
    content_filter_results: Filters,
    error: z.unknown().optional(),
  })
  .refine(({ message, text }) => message !== undefined || text !== undefined)
  .transform(({ message, text, ...choice }) => ({ ...choice, message: message ?? Message.parse({ content: text }) }));
type Choice = z.output<typeof Choice>;

/** More is no count of tokens, and no cost of them. */
const MOST_TOKENS = 1e12;
const Tokens = z.number().nonnegative().max(MOST_TOKENS).optional().catch(undefined);
const Details = z.object({ cached_tokens: Tokens, reasoning_tokens: Tokens }).optional().catch(undefined);

const Completion = z.object({
  choices: z.array(Choice).min(1),
  prompt_filter_results: z
    .array(z.object({ content_filter_results: Filters }))
    .optional()
    .catch(undefined),
  usage: z
    .object({
      prompt_tokens: Tokens,
      input_tokens: Tokens,
      completion_tokens: Tokens,
      output_tokens: Tokens,
      prompt_tokens_details: Details,
      completion_tokens_details: Details,
      cost: Tokens,
    })
    .optional()
    .catch(undefined),
  error: z.unknown().optional(),
});
type Completion = z.output<typeof Completion>;

/** What a body that says 200 may hold instead: what went wrong, with the status that it should have had. */
const ErrorBody = z.object({
  error: z.union([z.string(), z.object({ code: z.unknown().optional() })]),
  choices: z.array(z.unknown()).max(0).nullish(),
});
const [FIRST_ERROR, LAST_ERROR] = [400, 599];

/** The status that an error in place of a reply claims, 400 where it does not say; undefined where there is none. */
export function statusOfError(body: string): number | undefined {
  const parsed = body.includes('"error"') ? ErrorBody.safeParse(parseJson(body)) : undefined;
  if (!parsed?.success) return undefined;
  const { error } = parsed.data;
  const code = typeof error === "string" ? undefined : Number(error.code);
  return code !== undefined && Number.isInteger(code) && code >= FIRST_ERROR && code <= LAST_ERROR ? code : FIRST_ERROR;
}

/** Undefined for what is no JSON. */
function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** How a reply is judged. */
export interface Judging {
  readonly mask: Mask;
  /** The flaws in spite of which an answer is one. */
  readonly accepted: ReadonlySet<Flaw>;
}

/** The answer in a chat completion, by the rule of `findAnswer`. It is anybody's text and never more than text. */
export function readReply(body: string, judging: Judging): Reply | NoReply {
  const { mask } = judging;
  const value = parseJson(body);
  if (value === undefined) {
    const page = explainWebPage(body);
    return { error: page === undefined ? `the reply is not JSON: ${quote(mask(body))}` : `the reply is ${mask(page)}` };
  }
  const parsed = Completion.safeParse(value);
  if (!parsed.success) return { error: `the reply has no choices[0].message.content: ${quote(mask(body))}` };
  const choice = firstChoice(parsed.data.choices);
  if ((choice.error ?? parsed.data.error ?? undefined) !== undefined) {
    return { error: `the server broke off: ${quote(mask(body))}` };
  }
  const usage = readUsage(parsed.data.usage);
  return { ...judge(keepReply(choice, parsed.data), judging), ...(usage && { usage }) };
}

/** A reply that has been kept, judged like one that has just come. */
export function judge(reply: RawReply, { mask, accepted }: Judging): Reply | NoReply {
  const { text, flaw, answer } = judgeReply(reply, accepted);
  const flawed = { ...(flaw && { flaw }), reply };
  if (text !== undefined) return { text, ...flawed };
  return { error: `${describe(flaw, reply, mask)}${sayWhatCame(reply, answer)}`, ...flawed };
}

/** The one that says it is the first, wherever it stands. */
function firstChoice(choices: readonly Choice[]): Choice {
  const numbered = choices.map((choice, place) => ({ choice, index: choice.index ?? place }));
  return numbered.reduce((first, other) => (other.index < first.index ? other : first)).choice;
}

function keepReply(choice: Choice, { prompt_filter_results: ofPrompt = [] }: Completion): RawReply {
  const { message, finish_details: details, stop_reason, content_filter_results: ofAnswer } = choice;
  const { content = null, refusal = findRefusal(content), thinking_blocks: blocks = [] } = message;
  const thoughts = [message.reasoning_content, message.reasoning, message.reasoning_details, message.thinking];
  const reasoning = [...thoughts, blocks.map(({ text = "" }) => text).join("")].find(Boolean);
  const reason = choice.finish_reason ?? details?.type ?? stop_reason ?? null;
  const calledTool = Boolean(message.tool_calls?.length || message.function_call);
  const filters = [ofAnswer, ...ofPrompt.map((one) => one.content_filter_results)].flatMap(listFilters);
  return {
    content,
    ...(reasoning && { reasoning }),
    ...(refusal && { refusal }),
    ...(calledTool && { calledTool }),
    finishReason: reason === null || typeof reason === "string" ? reason : typeof reason,
    ...(choice.native_finish_reason && { nativeFinishReason: choice.native_finish_reason }),
    ...(filters.length > 0 && { filters: [...new Set(filters)] }),
  };
}

const Filtered = z.object({ filtered: z.literal(true) });

/** The names of the filters that held something back. */
function listFilters(results: Readonly<Record<string, unknown>> = {}): string[] {
  return Object.keys(results).filter((name) => Filtered.safeParse(results[name]).success);
}

function readUsage(usage: Completion["usage"]): Usage | undefined {
  if (!usage) return undefined;
  const { prompt_tokens_details: asked, completion_tokens_details: said } = usage;
  const fields = {
    input: usage.prompt_tokens ?? usage.input_tokens,
    cachedInput: asked?.cached_tokens,
    output: usage.completion_tokens ?? usage.output_tokens,
    reasoning: said?.reasoning_tokens,
    cost: usage.cost,
  };
  const known = Object.entries(fields).filter(([, value]) => value !== undefined);
  return known.length === 0 ? undefined : Object.fromEntries(known);
}

function findRefusal(content: RawReply["content"]): string | undefined {
  const part = Array.isArray(content) ? content.find(({ type }: { type: string }) => type === "refusal") : undefined;
  return part && (part.text || "without words");
}

function describe(flaw: Flaw | undefined, reply: RawReply, mask: Mask): string {
  const { refusal, finishReason, nativeFinishReason, filters } = reply;
  const reasons = [
    ...(finishReason === null ? [] : [`finish_reason ${quote(mask(finishReason))}`]),
    ...(nativeFinishReason === undefined ? [] : [`native_finish_reason ${quote(mask(nativeFinishReason))}`]),
    ...(filters === undefined ? [] : [`filters: ${quote(mask(filters.join(", ")))}`]),
  ];
  const reason = reasons.length === 0 ? "" : ` (${reasons.join(", ")})`;
  if (refusal) return `the model refused: ${quote(mask(refusal))}`;
  const said: Readonly<Record<Flaw | "none", string>> = {
    cut: "the answer is cut at the limit of tokens",
    filtered: "the answer was filtered",
    refused: "the model refused",
    unfinished: "the answer is not known to be whole",
    none: "the answer is empty",
  };
  return `${said[flaw ?? "none"]}${reason}`;
}

/** What there was where an answer should be. */
function sayWhatCame(reply: RawReply, { text, isThinking }: FinalAnswer): string {
  if (isThinking) return ": a thought in it never ends";
  if (reply.calledTool) return ": the model called a tool instead";
  if (text !== "" || reply.refusal !== undefined) return "";
  if (reply.reasoning !== undefined || joinParts(reply.content).trim() !== "") return ": there are only thoughts";
  return Array.isArray(reply.content) && reply.content.length > 0 ? ": no part of it is an answer" : "";
}

/** The beginning of a text from outside, for a message; keys must have been masked in it. */
export function quote(text: string): string {
  return JSON.stringify(text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text);
}
