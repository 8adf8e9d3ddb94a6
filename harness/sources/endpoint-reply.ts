import { z } from "zod";

/** No answer is longer; what is comes from something that is no such endpoint. */
const MOST_BYTES = 1 << 20;
const QUOTED = 120;

/** An answer, or what came instead of one. */
export type Reply = { readonly text: string } | { readonly error: string };

const Part = z.object({ type: z.string(), text: z.string().optional() });
const Completion = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({
          content: z.union([z.string(), z.array(Part), z.null()]).optional(),
          refusal: z.string().nullish(),
        }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
});

/** The answer in a chat completion, on one line. It is anybody's text and never more than text. */
export function readReply(body: string): Reply {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { error: `the reply is not JSON: ${quote(body)}` };
  }
  const parsed = Completion.safeParse(value);
  if (!parsed.success) return { error: `the reply has no choices[0].message.content: ${quote(body)}` };
  const { message, finish_reason: reason } = parsed.data.choices[0]!;
  const content = Array.isArray(message.content)
    ? message.content.map(({ text = "" }) => text).join("")
    : message.content;
  const text = (content ?? "").replace(/\s+/g, " ").trim();
  if (text !== "") return { text };
  if (message.refusal) return { error: `the model refused: ${quote(message.refusal)}` };
  return { error: `the answer is empty${reason ? ` (finish_reason ${quote(reason)})` : ""}` };
}

/** A response's text; undefined where it is longer than any answer. */
export async function readBody(response: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The beginning of a text from outside, for a message. */
export function quote(text: string): string {
  return JSON.stringify(text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text);
}
