import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { z } from "zod";

/** Jupyter's messaging protocol 5.3: https://jupyter-client.readthedocs.io/en/stable/messaging.html */
export const PROTOCOL_VERSION = "5.3";

/** The content of a message; its fields depend on the message's type. */
export type Content = Readonly<Record<string, unknown>>;

const header = z.looseObject({ msg_id: z.string(), msg_type: z.string(), session: z.string(), username: z.string() });
const record = z.record(z.string(), z.unknown());

/** What every message begins with: its id and type, and who sent it. */
export type Header = z.infer<typeof header>;

/** A message of Jupyter's protocol, without its signature. */
export interface Message {
  /** ZeroMQ's routing prefix: who asked, or the topic of what is published. */
  readonly identities: readonly Uint8Array[];
  readonly header: Header;
  /** The header of the request that this belongs to; empty for a request. */
  readonly parent: Header | Readonly<Record<string, never>>;
  readonly content: Content;
}

/** A header with an id of its own. */
export function createHeader(type: string, session: string): Header {
  return {
    msg_id: randomUUID(),
    msg_type: type,
    session,
    username: "simvlm",
    date: new Date().toISOString(),
    version: PROTOCOL_VERSION,
  };
}

const DELIMITER = Buffer.from("<IDS|MSG>");

/** The frames of a message, signed with the connection's key. */
export function encodeMessage({ identities, header, parent, content }: Message, key: string): Uint8Array[] {
  const parts = [header, parent, {}, content].map((part) => Buffer.from(JSON.stringify(part)));
  return [...identities, DELIMITER, Buffer.from(sign(parts, key)), ...parts];
}

/** @throws Error when the frames are no message, or were not signed with this key */
export function decodeMessage(frames: readonly Uint8Array[], key: string): Message {
  const delimiter = frames.findIndex((frame) => DELIMITER.equals(frame));
  const [signature, ...parts] = frames.slice(delimiter + 1);
  if (delimiter < 0 || signature === undefined || parts.length < 4) throw new Error("not a Jupyter message");
  const expected = Buffer.from(sign(parts, key));
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
    throw new Error("a message whose signature is not that of this kernel's key");
  }
  const [ownHeader, parent, , content] = parts.map((part) => JSON.parse(Buffer.from(part).toString()) as unknown);
  return {
    identities: frames.slice(0, delimiter),
    header: header.parse(ownHeader),
    parent: header.or(z.strictObject({})).parse(parent),
    content: record.parse(content),
  };
}

/** Without a key, messages are not signed. */
function sign(parts: readonly Uint8Array[], key: string): string {
  if (key === "") return "";
  const hash = createHmac("sha256", key);
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}
