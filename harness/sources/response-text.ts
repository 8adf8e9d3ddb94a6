import type { Response } from "undici";
import { isEventStream, joinEvents } from "./event-stream.js";

/** No answer is longer; what is comes from something that is no such endpoint. */
const MOST_BYTES = 1 << 20;
/** Of a stream, which has hundreds for every word. */
const MOST_STREAMED = 1 << 24;

/** A response's body as text, or why there is none. */
export type ResponseText = { readonly text: string } | { readonly error: string };

/**
 * Reads a response, unpacked, up to a limit. JSON is UTF-8, whatever the header says; what is not is read in the charset
 * that it names, or not at all: letters that are replaced would be scored as if the model had said them. A stream of
 * events becomes the JSON that it amounts to.
 * @throws Error where a stream ends before its end
 */
export async function readResponse(response: Response): Promise<ResponseText> {
  const type = response.headers.get("content-type");
  const most = isEventStream(type, "") ? MOST_STREAMED : MOST_BYTES;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    const bytes: Uint8Array = chunk;
    length += bytes.byteLength;
    if (length > most) return { error: "the reply is too long to be an answer" };
    chunks.push(bytes);
  }
  const bytes = Buffer.concat(chunks);
  const charset = /charset\s*=\s*"?([\w.:-]{1,40})/i.exec(type ?? "")?.[1];
  const text = decode(bytes, "utf-8") ?? (charset === undefined ? undefined : decode(bytes, charset));
  if (text !== undefined) return { text: response.ok && isEventStream(type, text) ? joinEvents(text) : text };
  return { error: `the reply is not UTF-8 text${charset === undefined ? "" : `, nor ${charset}`}` };
}

function decode(bytes: Uint8Array, charset: string): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return undefined; // not in this charset, or none that is known
  }
}
