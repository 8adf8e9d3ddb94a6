/** What of a reply is no answer, and how that is known: a rule that manifests state and every reply is read by. */

const THOUGHT_NAMES = ["think", "thinking", "thought", "thoughts", "reason", "reasoning", "reflection", "scratchpad"];

/** What surrounds thoughts, by families of models; a reply has few of them, whatever its case. */
const THOUGHT_MARKS: readonly (readonly [open: string, close: string])[] = [
  ...THOUGHT_NAMES.map((name) => [`<${name}>`, `</${name}>`] as const),
  ["<seed:think>", "</seed:think>"],
  ["[think]", "[/think]"],
  ["◁think▷", "◁/think▷"],
  ["<|begin_of_thought|>", "<|end_of_thought|>"],
  ["<|start_thinking|>", "<|end_thinking|>"],
];

/** Between channels, in gpt-oss's format: what follows the last of these is said to the user. */
const FINAL_CHANNEL = "<|channel|>final<|message|>";
const CHANNEL = "<|channel|>";

const ANSWER_MARKS = ["<answer>", "</answer>"] as const;

/** What ends a turn, where a server does not take it off. */
const END_MARKS = [
  ...["<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|endoftext|>", "<|end|>", "<|return|>", "<|end_of_text|>"],
  ...["<｜end▁of▁sentence｜>", "<end_of_turn>", "<|end_of_turn_token|>", "</s>", "<eos>"],
];

/** The types of parts that are said to the user: thoughts, tool calls and everything unknown are not. */
export const ANSWER_PARTS: readonly string[] = ["text", "output_text"];

/** The rule as a manifest states it. Another rule has another name. */
export const ANSWER_RULE = {
  name: "final-answer-1",
  parts: ANSWER_PARTS,
  thoughts: THOUGHT_MARKS.map((marks) => marks.join("…")),
  after: FINAL_CHANNEL,
  within: ANSWER_MARKS.join("…"),
  ends: END_MARKS,
  whiteSpace: "one space",
} as const;

/** What a reply's text amounts to. */
export interface FinalAnswer {
  /** On one line; empty for none. */
  readonly text: string;
  /** Whether a thought began that never ended: then whatever there is may not be all. */
  readonly isThinking: boolean;
}

/** Spaces, controls and marks of no width alone: nobody sees an answer there. */
const INVISIBLE = /^[\p{Z}\p{Cc}\p{Cf}]*$/u;

/**
 * The answer in a reply, by {@link ANSWER_RULE}: without thoughts; of gpt-oss's channels the final one; what is between
 * `<answer>` and `</answer>`, where these are there; without marks of the turn's end.
 */
export function findAnswer(reply: string): FinalAnswer {
  const { text: said, isThinking } = dropThoughts(afterChannels(reply));
  const found = dropEnds(withinAnswer(said).replace(/\s+/g, " ").trim());
  const text = INVISIBLE.test(found) ? "" : found;
  return { text, isThinking: isThinking || (reply.includes(CHANNEL) && !reply.includes(FINAL_CHANNEL)) };
}

function afterChannels(text: string): string {
  if (!text.includes(CHANNEL)) return text;
  const place = text.lastIndexOf(FINAL_CHANNEL);
  return place < 0 ? "" : text.slice(place + FINAL_CHANNEL.length);
}

const escapeRegExp = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

/** A mark by its capturing group's number less one; tags may have attributes. */
const ANY_MARK = new RegExp(
  THOUGHT_MARKS.flat()
    .map((mark) => `(${escapeRegExp(mark).replace(/(\w)>$/, "$1(?:\\s[^<>]{0,80})?>")})`)
    .join("|"),
  "gi",
);

/**
 * A thought goes from its mark to the first that closes it. A mark that closes what was not open ends what the template
 * of the prompt began: all before it was thought.
 */
function dropThoughts(text: string): FinalAnswer {
  let said = "";
  let from = 0;
  let open: number | undefined;
  for (const match of text.matchAll(ANY_MARK)) {
    const group = match.slice(1).findIndex((found) => found !== undefined);
    const [kind, closes] = [group >> 1, group % 2 === 1];
    if (open !== undefined && !(closes && kind === open)) continue;
    if (!closes) said += text.slice(from, match.index);
    else if (open === undefined) said = "";
    open = closes ? undefined : kind;
    from = match.index + match[0].length;
  }
  return { text: open === undefined ? said + text.slice(from) : said, isThinking: open !== undefined };
}

function withinAnswer(text: string): string {
  const lower = text.toLowerCase();
  const [open, close] = ANSWER_MARKS;
  const begin = lower.lastIndexOf(open);
  if (begin < 0 || lower.length !== text.length) return text;
  const end = lower.indexOf(close, begin);
  return text.slice(begin + open.length, end < 0 ? undefined : end);
}

function dropEnds(text: string): string {
  const endOf = (whole: string) =>
    END_MARKS.find((mark) => whole.slice(-mark.length).toLowerCase() === mark.toLowerCase());
  let rest = text;
  for (let mark = endOf(rest); mark !== undefined; mark = endOf(rest)) rest = rest.slice(0, -mark.length).trimEnd();
  return rest;
}
