/** The pieces of a streamed chat completion, as far as they are put together; JSON, none of it checked yet. */
interface Chunk {
  readonly choices?: unknown;
  readonly [field: string]: unknown;
}

interface Choice {
  readonly index: number;
  readonly message: Record<string, unknown>;
  readonly [field: string]: unknown;
}

/** Whether a body is a stream of server-sent events, which some servers send whether they are asked to or not. */
export function isEventStream(contentType: string | null, body: string): boolean {
  const begin = body.slice(0, 1000).trimStart();
  if (/^(?:data|event|id|retry)?:/.test(begin)) return true;
  return /^text\/event-stream\b/i.test(contentType ?? "") && !/^[{[<]/.test(begin);
}

/**
 * The chat completion that a stream of server-sent events amounts to, as JSON: its texts are put together choice by
 * choice; of everything else the last that is not null counts.
 * @throws Error where it ends before it says that it does: the connection was cut
 */
export function joinEvents(body: string): string {
  const choices = new Map<number, Choice>();
  let whole: Record<string, unknown> = {};
  let isDone = false;
  let isUnreadable = false;
  for (const data of listData(body)) {
    if (data.trim() === "[DONE]") {
      isDone = true;
      break;
    }
    const chunk = parseChunk(data);
    if (!chunk) {
      isUnreadable = true;
      continue;
    }
    const { choices: pieces, ...rest } = chunk;
    whole = { ...whole, ...withoutNulls(rest) };
    for (const piece of Array.isArray(pieces) ? pieces : []) addPiece(choices, piece as unknown);
  }
  const isEnded = [...choices.values()].some((choice) => choice.finish_reason !== undefined);
  if (!isDone && !isEnded && whole.error === undefined) throw new Error("the stream ended before the answer did");
  if (isUnreadable && whole.error === undefined) return body; // what cannot be read may be a part of the answer
  const sorted = [...choices.values()].sort((a, b) => a.index - b.index);
  return JSON.stringify({ ...whole, choices: sorted });
}

/** What the events hold, one after the other; comments and names of events are passed over. */
function listData(body: string): string[] {
  return body.split(/(?:\r\n|\r|\n){2,}/).flatMap((event) => {
    const lines = event.split(/\r\n|\r|\n/).filter((line) => line.startsWith("data:"));
    return lines.length === 0 ? [] : [lines.map((line) => line.slice(5).replace(/^ /, "")).join("\n")];
  });
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function parseChunk(data: string): Chunk | undefined {
  try {
    const value: unknown = JSON.parse(data);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function withoutNulls(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

function addPiece(choices: Map<number, Choice>, piece: unknown): void {
  if (!isObject(piece)) return;
  const { index: given, delta, message, ...rest } = piece;
  const index = Number.isInteger(given) ? (given as number) : 0;
  const known: Choice = choices.get(index) ?? { index, message: {} };
  const said = { ...known.message };
  for (const part of [delta, message]) {
    for (const [field, value] of isObject(part) ? Object.entries(part) : []) said[field] = join(said[field], value);
  }
  choices.set(index, { ...known, ...withoutNulls(rest), index, message: said });
}

function join(before: unknown, more: unknown): unknown {
  if (before === undefined || before === null) return more;
  if (more === null || more === undefined) return before;
  if (typeof before === "string" && typeof more === "string") return before + more;
  if (Array.isArray(before) && Array.isArray(more)) return [...before, ...(more as unknown[])];
  return more;
}
