/** No answer is longer; what is comes from something that is no such endpoint. */
const MOST_BYTES = 1 << 20;

/** A response's body as text, or why there is none. */
export type ResponseText = { readonly text: string } | { readonly error: string };

/**
 * Reads a response, unpacked, up to a limit. JSON is UTF-8, whatever the header says; what is not is read in the charset
 * that it names, or not at all: letters that are replaced would be scored as if the model had said them.
 */
export async function readResponse(response: Response): Promise<ResponseText> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > MOST_BYTES) return { error: "the reply is too long to be an answer" };
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  const charset = /charset\s*=\s*"?([\w.:-]{1,40})/i.exec(response.headers.get("content-type") ?? "")?.[1];
  const text = decode(bytes, "utf-8") ?? (charset === undefined ? undefined : decode(bytes, charset));
  if (text !== undefined) return { text };
  return { error: `the reply is not UTF-8 text${charset === undefined ? "" : `, nor ${charset}`}` };
}

function decode(bytes: Uint8Array, charset: string): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return undefined; // not in this charset, or none that is known
  }
}
