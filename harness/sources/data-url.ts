import { SimvlmError } from "@simvlm/metrics";
import { readBytes } from "../files/bytes.js";

/** The formats that such endpoints take, by their first bytes. */
const FORMATS: readonly { readonly type: string; readonly magic: RegExp }[] = [
  { type: "image/jpeg", magic: /^\xff\xd8\xff/ },
  { type: "image/png", magic: /^\x89PNG\r\n/ },
  { type: "image/gif", magic: /^GIF8/ },
  { type: "image/webp", magic: /^RIFF[\s\S]{4}WEBP/ },
];

const MAGIC_BYTES = 12;

/**
 * A picture file as a data URL.
 * @throws SimvlmError `bad-image`
 */
export async function toDataUrl(path: string): Promise<string> {
  const bytes = await readBytes(path).catch((cause: Error) => {
    throw new SimvlmError("bad-image", `${path} cannot be read: ${cause.message}`, { cause });
  });
  const start = bytes.toString("latin1", 0, MAGIC_BYTES);
  const format = FORMATS.find(({ magic }) => magic.test(start));
  if (format) return `data:${format.type};base64,${bytes.toString("base64")}`;
  throw new SimvlmError("bad-image", `${path} is not a JPEG, PNG, GIF or WebP; endpoints take nothing else.`);
}
