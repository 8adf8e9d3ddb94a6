import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What an endpoint is asked. */
export interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: {
    readonly model: string;
    readonly temperature: number;
    readonly max_tokens: number;
    readonly messages: readonly { readonly role: string; readonly content: readonly Content[] }[];
  };
  /** The text among the contents. */
  readonly text: string;
  /** When it came, in milliseconds. */
  readonly at: number;
}

type Content = { type: "text"; text: string } | { type: "image_url"; image_url: { url: string } };

export type Answer = (response: ServerResponse, asked: Asked) => void;

/** A local endpoint; each request is answered by the next of `answers`, the last of which goes on. */
export async function serve(...answers: Answer[]) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Asked["body"];
      const text = body.messages.at(-1)!.content.find((content) => content.type === "text")!.text;
      const { url: path = "", headers } = request;
      const one = { path, headers, body, text, at: performance.now() };
      const answer = answers[Math.min(asked.length, answers.length - 1)]!;
      asked.push(one);
      answer(response, one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    asked,
    close(): void {
      server.closeAllConnections();
      server.close();
    },
  };
}

export const say =
  (content: unknown): Answer =>
  (response) =>
    sendJson(response, { choices: [{ message: { role: "assistant", content }, finish_reason: "stop" }] });

export const status =
  (code: number, headers: Record<string, string> = {}, body = '{"error":"busy"}'): Answer =>
  (response) =>
    response.writeHead(code, headers).end(body);

export const sendRaw =
  (body: string): Answer =>
  (response) =>
    response.writeHead(200).end(body);

export const hang: Answer = () => {};

/** In the middle of an answer. */
export const cut: Answer = (response) => {
  response.writeHead(200, { "content-length": "500" });
  response.write('{"choices":[');
  setTimeout(() => response.destroy(), 10);
};

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
}

/** A reply whose first choice is this: `{ message: { content }, finish_reason }`. */
export const choose =
  (choice: object): Answer =>
  (response) =>
    sendJson(response, { id: "x", object: "chat.completion", choices: [{ index: 0, ...choice }] });

/** A body as it is, with the header's type. */
export const sendBytes =
  (bytes: Uint8Array, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(200, { "content-type": "application/json", ...headers }).end(bytes);
