import type { Flaw, RawReply } from "../tasks/prediction.js";
import { ANSWER_RULE, type AnswerRule, type FinalAnswer, findAnswer } from "./final-answer.js";

/** What a reply amounts to. */
export interface Judgement {
  /** Undefined where it is no answer. */
  readonly text?: string;
  readonly flaw: Flaw | undefined;
  readonly answer: FinalAnswer;
}

/** @param accepted the flaws in spite of which an answer is one */
export function judgeReply(reply: RawReply, accepted: ReadonlySet<Flaw>, rule: AnswerRule = ANSWER_RULE): Judgement {
  const answer = findAnswer(joinParts(reply.content, rule), rule);
  const flaw = findFlaw(reply, answer.isThinking, rule);
  const text = answer.text || (accepted.has("refused") ? (reply.refusal ?? "") : "");
  const isAnswer = text !== "" && (flaw === undefined || accepted.has(flaw));
  return { ...(isAnswer && { text }), flaw, answer };
}

/** What the parts that are said to the user say together. */
export function joinParts(content: RawReply["content"], { parts }: AnswerRule = ANSWER_RULE): string {
  if (content === null || typeof content === "string") return content ?? "";
  return content.map(({ type, text = "" }) => (parts.includes(type) ? text : "")).join("");
}

function findFlaw(reply: RawReply, isThinking: boolean, { reasons }: AnswerRule): Flaw | undefined {
  if (reply.refusal) return "refused";
  const reason = plain(reply.finishReason);
  const said = [reason, plain(reply.nativeFinishReason)];
  const known = (["cut", "filtered", "refused"] as const).find((flaw) =>
    said.some((word) => reasons[flaw].includes(word)),
  );
  if (known) return known;
  if (reply.filters?.length) return "filtered";
  const isEnd = reason === "" || reasons.end.includes(reason);
  return isThinking || reply.calledTool || !isEnd ? "unfinished" : undefined;
}

/** In small letters, without the name of its type. */
const plain = (reason: string | null | undefined): string =>
  (reason ?? "").toLowerCase().replace(/^finish_?reason[._]/, "");
