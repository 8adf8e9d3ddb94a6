import { createReadStream } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { SimvlmError } from "@simvlm/metrics";
import { hashText } from "../files/hash.js";
import { isSystemError } from "../files/system-error.js";
import { policyOfAnswer } from "../report/policy.js";
import { judgeRequest, newToken } from "./guard.js";
import { messagePage } from "./message-page.js";

/** A server that answers. */
export interface LocalServer {
  /** What a reader opens: the token is in it. */
  readonly address: string;
  /** Ends it at once, whoever is being answered. */
  close(): Promise<void>;
}

/** An answer: a page and what is said about it, or a file. */
export type Answer =
  | {
      readonly status: number;
      readonly page: string;
      /** Whether its script asks for news, or for its pieces. */
      readonly asks?: boolean;
      /** Whether it runs a program of its own as WebAssembly. */
      readonly computes?: boolean;
      /** Whether it shows pictures that lie beside it. */
      readonly showsFiles?: boolean;
    }
  | {
      readonly file: string;
      readonly size: number;
      /** Default: bytes. */
      readonly type?: string;
    };

/** Answers what is asked for behind the token. */
export type AnswerRequest = (path: string, query: URLSearchParams) => Promise<Answer>;

const HOST = "127.0.0.1";

/**
 * Answers the reader at this machine, and nobody else; what is asked changes nothing.
 * @param port 0 for one that is free
 * @throws SimvlmError `cannot-listen` where the port is another program's
 */
export async function openLocalSite(port: number, answer: AnswerRequest): Promise<LocalServer> {
  const token = newToken();
  const server = createServer((request, response) => {
    respond(answer, token, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendPage(request, response, failure(error));
    });
  });
  await listen(server, port);
  const { port: own } = server.address() as AddressInfo;
  return {
    address: `http://${HOST}:${own}/${token}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listen(server: Server, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(port, HOST, () => resolve());
    });
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    const why = cause.code === "EADDRINUSE" ? "another program has it" : cause.message;
    throw new SimvlmError("cannot-listen", `Port ${port} cannot be listened at: ${why}. Choose another one.`, {
      cause,
    });
  }
}

async function respond(
  answer: AnswerRequest,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const judged = judgeRequest(request, token);
  if ("refused" in judged) {
    const allow = judged.refused === 405 ? { Allow: "GET, HEAD" } : {};
    response.writeHead(judged.refused, { ...HEADERS, ...allow, "Content-Type": "text/plain; charset=utf-8" });
    response.end(`${judged.why}\n`);
    return;
  }
  if (judged.path === undefined) {
    response.writeHead(308, { ...HEADERS, Location: `/${token}/` }).end();
    return;
  }
  const found = await answer(judged.path, judged.query);
  if ("page" in found) sendPage(request, response, found);
  else await sendFile(request, response, found);
}

const HEADERS = {
  "Cache-Control": "no-store",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
} as const;

function sendPage(
  request: IncomingMessage,
  response: ServerResponse,
  { status, page, asks = false, computes = false, showsFiles }: Extract<Answer, { readonly page: string }>,
): void {
  const mark = `"${hashText(page)}"`;
  const policy = policyOfAnswer(page, { asks, computes, showsFiles });
  const headers = { ...HEADERS, ETag: mark, "Content-Security-Policy": policy };
  if (status === 200 && request.headers["if-none-match"] === mark) {
    response.writeHead(304, headers).end();
    return;
  }
  const body = Buffer.from(page);
  response.writeHead(status, { ...headers, "Content-Type": "text/html; charset=utf-8", "Content-Length": body.length });
  response.end(request.method === "HEAD" ? undefined : body);
}

/** Whole, whatever range is asked for. */
async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  { file, size, type = "application/octet-stream" }: Extract<Answer, { readonly file: string }>,
): Promise<void> {
  const kind = { "Accept-Ranges": "none", "Content-Type": type };
  response.writeHead(200, { ...HEADERS, ...kind, "Content-Length": size });
  if (request.method === "HEAD" || size === 0) response.end();
  else await pipeline(createReadStream(file, { end: size - 1 }), response);
}

/** What cannot be shown, and why; only a bug is one. */
function failure(error: unknown): Extract<Answer, { readonly page: string }> {
  if (error instanceof SimvlmError) return say(422, "This cannot be shown", error.message);
  return say(500, "This is a bug, please report it", (error as Error).message);
}

/** A page that says one thing. */
export function say(status: number, title: string, text: string): Extract<Answer, { readonly page: string }> {
  return { status, page: messagePage(title, text) };
}
