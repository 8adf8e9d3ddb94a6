/** What of a reply is no answer, and how that is known: rules that manifests name and state, and replies are read by. */

/** One way of reading replies. Another way is another rule: what was read by an earlier one is still read by it. */
export interface AnswerRule {
  readonly name: string;
  /** The types of parts that are said to the user: thoughts, tool calls and everything unknown are not. */
  readonly parts: readonly string[];
  /** What surrounds thoughts, by families of models; a reply has few of them, whatever its case. */
  readonly thoughts: readonly (readonly [open: string, close: string])[];
  /** Between channels, in gpt-oss's format: what follows the last of these is said to the user. */
  readonly after: string;
  /** What surrounds the answer, where a model says more than that; the last of each counts, one after the other. */
  readonly within: readonly (readonly [open: string, close: string])[];
  /** What ends a turn, where a server does not take it off. */
  readonly ends: readonly string[];
  /** The words of servers for why a model stopped; what none of them knows is not taken for an end. */
  readonly reasons: Readonly<Record<"end" | "cut" | "filtered" | "refused", readonly string[]>>;
}

const words = (text: string): string[] => text.split(" ");
const tags = (names: readonly string[]) => names.map((name) => [`<${name}>`, `</${name}>`] as const);

const FIRST: AnswerRule = {
  name: "final-answer-1",
  parts: ["text", "output_text"],
  thoughts: [
    ...tags(words("think thinking thought thoughts reason reasoning reflection scratchpad")),
    ["<seed:think>", "</seed:think>"],
    ["[think]", "[/think]"],
    ["◁think▷", "◁/think▷"],
    ["<|begin_of_thought|>", "<|end_of_thought|>"],
    ["<|start_thinking|>", "<|end_thinking|>"],
  ],
  after: "<|channel|>final<|message|>",
  within: [["<answer>", "</answer>"]],
  ends: [
    ...["<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|endoftext|>", "<|end|>", "<|return|>", "<|end_of_text|>"],
    ...["<｜end▁of▁sentence｜>", "<end_of_turn>", "<|end_of_turn_token|>", "</s>", "<eos>"],
  ],
  reasons: {
    end: words("stop eos eos_token end_turn stop_sequence stop_str end complete completed"),
    cut: words("length max_tokens max_output_tokens max_length model_length context_length_exceeded"),
    filtered: words(
      "content_filter content_filtered safety recitation blocklist prohibited_content spii image_safety guardrail_intervened",
    ),
    refused: words("refusal refused"),
  },
};

const SECOND: AnswerRule = {
  ...FIRST,
  name: "final-answer-2",
  thoughts: [
    ...FIRST.thoughts,
    ...tags(words("analysis reflect antthinking thought_process mm:think")),
    ["<|channel>thought", "<channel|>"],
    ["<|think|>", "<|/think|>"],
    ["<|thinking|>", "<|/thinking|>"],
    ["<|begin_of_thinking|>", "<|end_of_thinking|>"],
    ["<|thought_begin|>", "<|thought_end|>"],
    ["<unused94>", "<unused95>"],
  ],
  within: [...FIRST.within, ["<|begin_of_box|>", "<|end_of_box|>"], ["<|begin_of_solution|>", "<|end_of_solution|>"]],
  ends: [...FIRST.ends, "<turn|>", "<|eot|>", "<|user|>", "<|observation|>", "<|end_of_assistant|>", "[EOS]", "[/s]"],
  reasons: {
    end: [...FIRST.reasons.end, ...words("stop_token eos_token_id done finished natural_stop normal")],
    cut: [...FIRST.reasons.cut, ...words("max_new_tokens max_completion_tokens token_limit truncated length_limit")],
    filtered: [
      ...FIRST.reasons.filtered,
      ...words("moderation moderated sensitive model_armor image_prohibited_content image_recitation risk_control"),
    ],
    refused: FIRST.reasons.refused,
  },
};

/** The rule that replies are read by now. */
export const ANSWER_RULE: AnswerRule = SECOND;

/** The rule of that name; undefined for one of another version of this program. */
export function findRule(name: string): AnswerRule | undefined {
  return [FIRST, SECOND].find((rule) => rule.name === name);
}

/** The rule as a manifest states it. */
export function describeRule({ name, parts, thoughts, after, within, ends, reasons }: AnswerRule) {
  const pairs = (marks: AnswerRule["within"]) => marks.map((pair) => pair.join("…"));
  return {
    name,
    parts,
    thoughts: pairs(thoughts),
    after,
    within: pairs(within),
    ends,
    reasons,
    whiteSpace: "one space",
  };
}

/** What a reply's text amounts to. */
export interface FinalAnswer {
  /** On one line; empty for none. */
  readonly text: string;
  /** Whether a thought began that never ended: then whatever there is may not be all. */
  readonly isThinking: boolean;
}

/** Spaces, controls and marks of no width alone: nobody sees an answer there. */
const INVISIBLE = /^[\p{Z}\p{Cc}\p{Cf}]*$/u;
/** What all of gpt-oss's channels begin with. */
const CHANNEL = "<|channel|>";

/**
 * The answer in a reply, by a rule: without thoughts; of gpt-oss's channels the final one; what is between the marks of
 * an answer, where these are there; without marks of the turn's end.
 */
export function findAnswer(reply: string, rule: AnswerRule = ANSWER_RULE): FinalAnswer {
  const { text: said, isThinking } = dropThoughts(afterChannels(reply, rule), rule);
  const answer = rule.within.reduce((text, marks) => withinMarks(text, marks), said);
  const found = dropEnds(answer.replace(/\s+/g, " ").trim(), rule);
  const text = INVISIBLE.test(found) ? "" : found;
  return { text, isThinking: isThinking || (reply.includes(CHANNEL) && !reply.includes(rule.after)) };
}

function afterChannels(text: string, { after }: AnswerRule): string {
  if (!text.includes(CHANNEL)) return text;
  const place = text.lastIndexOf(after);
  return place < 0 ? "" : text.slice(place + after.length);
}

const escapeRegExp = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
const patterns = new Map<AnswerRule, RegExp>();

/** A mark by its capturing group's number less one; tags may have attributes. */
function markPattern(rule: AnswerRule): RegExp {
  const known = patterns.get(rule);
  if (known) return known;
  const marks = rule.thoughts
    .flat()
    .map((mark) => `(${escapeRegExp(mark).replace(/(\w)>$/, "$1(?:\\s[^<>]{0,80})?>")})`);
  const pattern = new RegExp(marks.join("|"), "gi");
  patterns.set(rule, pattern);
  return pattern;
}

/**
 * A thought goes from its mark to the first that closes it. A mark that closes what was not open ends what the template
 * of the prompt began: all before it was thought.
 */
function dropThoughts(text: string, rule: AnswerRule): FinalAnswer {
  let said = "";
  let from = 0;
  let open: number | undefined;
  for (const match of text.matchAll(markPattern(rule))) {
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

function withinMarks(text: string, [open, close]: readonly [string, string]): string {
  const lower = text.toLowerCase();
  const begin = lower.lastIndexOf(open);
  if (begin < 0 || lower.length !== text.length) return text;
  const end = lower.indexOf(close, begin);
  return text.slice(begin + open.length, end < 0 ? undefined : end);
}

function dropEnds(text: string, { ends }: AnswerRule): string {
  const endOf = (whole: string) => ends.find((mark) => whole.slice(-mark.length).toLowerCase() === mark.toLowerCase());
  let rest = text;
  for (let mark = endOf(rest); mark !== undefined; mark = endOf(rest)) rest = rest.slice(0, -mark.length).trimEnd();
  return rest;
}
