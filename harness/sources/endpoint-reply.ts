import { z } from "zod";
import type { Flaw, RawReply } from "../tasks/prediction.js";
import { ANSWER_PARTS, type FinalAnswer, findAnswer } from "./final-answer.js";
import type { Mask } from "./secrets.js";

const QUOTED = 240;

/** An answer, or what came instead of one. */
export type Reply = Readable & { readonly text: string };
/** Why there is no answer. */
export type NoReply = Readable & { readonly error: string };
interface Readable {
  readonly flaw?: Flaw;
  /** What was said, where anything was. */
  readonly reply?: RawReply;
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

const Completion = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({
          content: z.union([z.string(), z.array(Part), z.null()]).optional(),
          refusal: z.string().nullish(),
          reasoning_content: Text,
          reasoning: Text,
          reasoning_details: Text,
          thinking: Text,
          thinking_blocks: z.array(Part).optional().catch(undefined),
          tool_calls: z.array(z.unknown()).nullish(),
          function_call: z.unknown().optional(),
        }),
        finish_reason: z.unknown().optional(),
        finish_details: z.object({ type: Reason }).optional().catch(undefined),
        stop_reason: Reason,
        error: z.unknown().optional(),
      }),
    )
    .min(1),
  error: z.unknown().optional(),
});
type Choice = z.output<typeof Completion>["choices"][number];

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

/** The answer in a chat completion, by the rule of {@link findAnswer}. It is anybody's text and never more than text. */
export function readReply(body: string, { mask, accepted }: Judging): Reply | NoReply {
  const value = parseJson(body);
  if (value === undefined) {
    const what = /^(?:data|event):/.test(body) ? "a stream, which was not asked for" : "not JSON";
    return { error: `the reply is ${what}: ${quote(mask(body))}` };
  }
  const parsed = Completion.safeParse(value);
  if (!parsed.success) return { error: `the reply has no choices[0].message.content: ${quote(mask(body))}` };
  const choice = parsed.data.choices[0]!;
  if ((choice.error ?? parsed.data.error ?? undefined) !== undefined) {
    return { error: `the server broke off: ${quote(mask(body))}` };
  }
  const reply = keepReply(choice);
  const { text, flaw, answer } = judgeReply(reply, accepted);
  const flawed = { ...(flaw && { flaw }), reply };
  if (text !== undefined) return { text, ...flawed };
  return { error: `${describe(flaw, reply, mask)}${sayWhatCame(choice, reply, answer)}`, ...flawed };
}

/** What a reply amounts to. */
interface Judgement {
  /** Undefined where it is no answer. */
  readonly text?: string;
  readonly flaw: Flaw | undefined;
  readonly answer: FinalAnswer;
}

/** @param accepted the flaws in spite of which an answer is one */
export function judgeReply(reply: RawReply, accepted: ReadonlySet<Flaw>): Judgement {
  const answer = findAnswer(joinParts(reply.content));
  const flaw = findFlaw(reply, answer.isThinking);
  const text = answer.text || (accepted.has("refused") ? (reply.refusal ?? "") : "");
  const isAnswer = text !== "" && (flaw === undefined || accepted.has(flaw));
  return { ...(isAnswer && { text }), flaw, answer };
}

function keepReply({ message, finish_details: details, stop_reason, ...choice }: Choice): RawReply {
  const { content = null, refusal = findRefusal(content), thinking_blocks: blocks = [] } = message;
  const thoughts = [message.reasoning_content, message.reasoning, message.reasoning_details, message.thinking];
  const reasoning = [...thoughts, blocks.map(({ text = "" }) => text).join("")].find(Boolean);
  const reason = choice.finish_reason ?? details?.type ?? stop_reason ?? null;
  return {
    content,
    ...(reasoning && { reasoning }),
    ...(refusal && { refusal }),
    finishReason: reason === null || typeof reason === "string" ? reason : typeof reason,
  };
}

function findRefusal(content: RawReply["content"]): string | undefined {
  const part = Array.isArray(content) ? content.find(({ type }: { type: string }) => type === "refusal") : undefined;
  return part && (part.text || "without words");
}

function joinParts(content: RawReply["content"]): string {
  if (content === null || typeof content === "string") return content ?? "";
  return content.map(({ type, text = "" }) => (ANSWER_PARTS.includes(type) ? text : "")).join("");
}

/** The words of servers for why a model stopped; what none of them knows is not taken for an end. */
const FINISH_REASONS: Readonly<Record<Flaw | "end", ReadonlySet<string>>> = {
  end: new Set([
    "stop",
    "eos",
    "eos_token",
    "end_turn",
    "stop_sequence",
    "stop_str",
    "end",
    "complete",
    "completed",
    "",
  ]),
  cut: new Set(["length", "max_tokens", "max_output_tokens", "max_length", "model_length", "context_length_exceeded"]),
  filtered: new Set(
    "content_filter content_filtered safety recitation blocklist prohibited_content spii image_safety guardrail_intervened".split(
      " ",
    ),
  ),
  refused: new Set(["refusal", "refused"]),
  unfinished: new Set(),
};

function findFlaw({ refusal, finishReason }: RawReply, isThinking: boolean): Flaw | undefined {
  const reason = (finishReason ?? "").toLowerCase().replace(/^finish_?reason[._]/, "");
  if (refusal) return "refused";
  const known = (["cut", "filtered", "refused"] as const).find((flaw) => FINISH_REASONS[flaw].has(reason));
  return known ?? (isThinking || !FINISH_REASONS.end.has(reason) ? "unfinished" : undefined);
}

function describe(flaw: Flaw | undefined, { refusal, finishReason }: RawReply, mask: Mask): string {
  const reason = finishReason === null ? "" : ` (finish_reason ${quote(mask(finishReason))})`;
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
function sayWhatCame({ message }: Choice, reply: RawReply, { text, isThinking }: FinalAnswer): string {
  if (isThinking) return ": a thought in it never ends";
  if (text !== "" || reply.refusal !== undefined) return "";
  if (message.tool_calls?.length || message.function_call) return ": the model called a tool instead";
  if (reply.reasoning !== undefined || joinParts(reply.content).trim() !== "") return ": there are only thoughts";
  return Array.isArray(reply.content) && reply.content.length > 0 ? ": no part of it is an answer" : "";
}

/** The beginning of a text from outside, for a message; keys must have been masked in it. */
export function quote(text: string): string {
  return JSON.stringify(text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text);
}
