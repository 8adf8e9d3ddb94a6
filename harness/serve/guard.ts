import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Names of this machine to itself. A page elsewhere that has its own name point here sends its own, and is refused. */
const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** A secret for one server, as an address can have it: 192 bits. */
export function newToken(): string {
  return randomBytes(24).toString("base64url");
}

/** Why a request is not answered, or what it asks for behind the token. */
export type Judgement =
  | { readonly refused: number; readonly why: string }
  /** Undefined where the slash behind the token is missing. */
  | { readonly path: string | undefined; readonly query: URLSearchParams };

/**
 * Whether a request is one of the reader's own: it reads, it came by a name of this machine, no page of anybody else made
 * it, and its address has the token.
 */
export function judgeRequest({ method, url = "", headers }: IncomingMessage, token: string): Judgement {
  if (method !== "GET" && method !== "HEAD") return { refused: 405, why: "Only GET and HEAD are answered." };
  const host = headers.host ?? "";
  // By any port: a tunnel has another one at the reader's end.
  if (!LOOPBACK.has(host.replace(/:\d+$/, ""))) {
    return { refused: 403, why: "Only requests to localhost or 127.0.0.1 are answered." };
  }
  if (headers.origin !== undefined && headers.origin !== `http://${host}`) {
    return { refused: 403, why: "Requests of other pages are not answered." };
  }
  // A picture or a script of a page elsewhere carries no origin, but browsers say where it is asked from.
  const { "sec-fetch-site": from, "sec-fetch-dest": asked } = headers;
  if ((from === "cross-site" || from === "same-site") && asked !== "document") {
    return { refused: 403, why: "Requests of other pages are not answered." };
  }
  const [, given = "", path, query = ""] = /^\/([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?/.exec(url) ?? [];
  if (!isSame(given, token)) {
    return { refused: 403, why: "This is not the whole address: open the one that simvlm serve printed." };
  }
  return { path: path?.slice(1), query: new URLSearchParams(query) };
}

/** In a time that tells nothing of where they differ. */
function isSame(given: string, token: string): boolean {
  const [a, b] = [given, token].map((text) => createHash("sha256").update(text).digest());
  return timingSafeEqual(a!, b!);
}
