import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { createRandom } from "../../harness/random.js";
import { numberOf } from "../tiny-jpeg.js";

/** Faults that pass, and how often each comes among a thousand requests. */
const FAULTS: readonly (readonly [name: string, perMille: number, answer: (response: ServerResponse) => void])[] = [
  ["429, seconds", 30, (response) => response.writeHead(429, { "retry-after": "0.2" }).end("busy")],
  ["429, milliseconds", 20, (response) => response.writeHead(429, { "retry-after-ms": "50" }).end("busy")],
  ["503, a date", 10, (response) => response.writeHead(503, { "retry-after": new Date().toUTCString() }).end()],
  ["500", 20, (response) => response.writeHead(500).end("<html>")],
  ["an error with 200", 10, (response) => response.writeHead(200).end('{"error":{"code":502}}')],
  ["reset", 20, (response) => response.destroy()],
  ["reset in the body", 20, resetInBody],
  ["html with 200", 10, (response) => response.writeHead(200).end("<!doctype html>")],
  ["half a JSON", 10, (response) => response.writeHead(200).end('{"choices":[{"message":')],
  ["no choices", 5, (response) => response.writeHead(200).end('{"choices":[]}')],
  ["no content", 5, (response) => response.writeHead(200).end('{"choices":[{"message":{"content":null}}]}')],
  ["a stream", 5, (response) => response.writeHead(200).end("data: [DONE]\n\n")],
  ["a flood", 5, flood],
  ["a packed flood", 5, (response) => response.writeHead(200, { "content-encoding": "gzip" }).end(BOMB)],
  ["another charset", 5, (response) => response.writeHead(200).end(Buffer.from([0x22, 0xe9, 0x22]))],
];
const BOMB = gzipSync(Buffer.alloc(128 << 20));

function resetInBody(response: ServerResponse): void {
  response.writeHead(200, { "content-length": "500" });
  response.write('{"choices":[');
  setTimeout(() => response.destroy(), 5);
}

/** As much as is taken, up to 256 MB. */
function flood(response: ServerResponse): void {
  const chunk = Buffer.alloc(1 << 20, "x");
  let left = 256;
  const pour = (): void => {
    while (left-- > 0 && !response.destroyed) if (!response.write(chunk)) return void response.once("drain", pour);
    response.end();
  };
  response.writeHead(200);
  pour();
}

/** What is always said to a picture, in several shapes; to some of them never an answer. */
export function replyTo(index: number): { readonly body: string; readonly isAnswer: boolean } {
  const text = `picture number ${index} of a street`;
  const choices: readonly object[] = [
    { message: { content: text }, finish_reason: "stop" },
    { message: { content: `<think>is it ${index + 1}?</think>\n${text}` }, finish_reason: "stop" },
    {
      message: {
        content: [
          { type: "thinking", thinking: "?" },
          { type: "text", text },
        ],
      },
      finish_reason: null,
    },
    { message: { content: `${text}<|im_end|>`, reasoning_content: "?" }, finish_reason: "eos_token" },
  ];
  const flaws: readonly object[] = [
    { message: { content: text }, finish_reason: "length" },
    { message: { content: "" }, finish_reason: "content_filter" },
    { message: { content: null, refusal: "no" }, finish_reason: "stop" },
  ];
  const isAnswer = index % 300 !== 7;
  const choice = isAnswer ? choices[index % choices.length] : flaws[index % flaws.length];
  return { body: JSON.stringify({ choices: [choice] }), isAnswer };
}

/** What a server with faults has done. */
export interface FaultyServer {
  readonly url: string;
  readonly counts: Record<string, number>;
  /** Whole answers that went out to each picture. */
  readonly answered: Map<number, number>;
  /** Called when a whole answer has gone out. */
  onAnswer: (total: number) => void;
  close(): void;
}

/**
 * An endpoint that tells pictures apart by the number in them, and answers some requests, by the seed, with a fault.
 * @param hasFaults false for the undisturbed one
 */
export async function serveFaults(seed: number, hasFaults: boolean): Promise<FaultyServer> {
  const random = createRandom(seed).fork("faults");
  const counts: Record<string, number> = {};
  const answered = new Map<number, number>();
  let total = 0;
  const answer = (index: number, response: ServerResponse): void => {
    const fault = hasFaults ? pickFault(1000 * random.next()) : undefined;
    const name = fault?.[0] ?? "answers";
    counts[name] = (counts[name] ?? 0) + 1;
    if (fault) {
      fault[2](response);
      return;
    }
    response.on("finish", () => {
      answered.set(index, (answered.get(index) ?? 0) + 1);
      server.onAnswer(++total);
    });
    trickle(response, replyTo(index).body, hasFaults && random.next() < 0.02 ? 20 : 0);
  };
  const http = createServer((request, response) => {
    response.on("error", () => {}); // the client may be killed meanwhile
    void readIndex(request).then((index) => answer(index, response));
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const server: FaultyServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/v1`,
    counts,
    answered,
    onAnswer: () => {},
    close: () => {
      http.closeAllConnections();
      http.close();
    },
  };
  return server;
}

function pickFault(draw: number): (typeof FAULTS)[number] | undefined {
  let from = 0;
  return FAULTS.find(([, perMille]) => {
    from += perMille;
    return draw < from;
  });
}

/** The number in the picture. */
async function readIndex(request: IncomingMessage): Promise<number> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const [, base64 = ""] = /base64,([^"]*)/.exec(Buffer.concat(chunks).toString("latin1")) ?? [];
  return numberOf(Buffer.from(base64, "base64"));
}

/** In two parts, with a pause if it is told. */
function trickle(response: ServerResponse, body: string, pause: number): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.write(body.slice(0, 10));
  setTimeout(() => response.end(body.slice(10)), pause);
}
