import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { SimvlmError } from "@simvlm/metrics";
import { hashText } from "../files/hash.js";
import { isSystemError } from "../files/system-error.js";
import { policyOfAnswer } from "../report/policy.js";
import { readChoice } from "./choice.js";
import { judgeRequest, newToken } from "./guard.js";
import { HistoryPages } from "./history-page.js";
import { arrangeRuns } from "./leaderboard.js";
import { leaderboardPage } from "./leaderboard-page.js";
import { messagePage } from "./message-page.js";
import { type MakeReport, ReportPages } from "./report-pages.js";
import { RunIndex, type RunIndexOptions, type ServedRun } from "./run-index.js";

/** What is served, and how. */
export interface ServeOptions extends RunIndexOptions {
  /** Folders of runs, or runs, as they are to be called. */
  readonly roots: readonly string[];
  /** Default 0: one that is free. */
  readonly port?: number | undefined;
  readonly makeReport: MakeReport;
}

/** A server that answers. */
export interface RunServer {
  /** What a reader opens: the token is in it. */
  readonly address: string;
  /** Ends it at once, whoever is being answered. */
  close(): Promise<void>;
}

/** Nobody compares more at a time. */
const MOST_COMPARED = 20;
const HOST = "127.0.0.1";

/** An answer: a page, and what is said about it. */
interface Answer {
  readonly status: number;
  readonly page: string;
  /** Whether its script asks for news. */
  readonly asks?: boolean;
}

/**
 * Serves the runs in some folders to the reader at this machine: pages, and nothing that changes a file.
 * @throws SimvlmError `cannot-listen` where the port is another program's
 */
export async function serveRuns({ roots, port = 0, makeReport, ...options }: ServeOptions): Promise<RunServer> {
  const token = newToken();
  const index = new RunIndex(roots, options);
  const site = new Site(index, roots, makeReport);
  const server = createServer((request, response) => {
    respond(site, token, request, response).catch((error: unknown) => {
      if (!response.headersSent) send(request, response, failure(error));
      else response.destroy();
    });
  });
  await listen(server, port);
  await index.look(); // whoever opens the page at once finds it read
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

async function respond(site: Site, token: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
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
  send(request, response, await site.answer(judged.path, judged.query));
}

const HEADERS = {
  "Cache-Control": "no-store",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
} as const;

function send(request: IncomingMessage, response: ServerResponse, { status, page, asks = false }: Answer): void {
  const mark = `"${hashText(page)}"`;
  const headers = { ...HEADERS, ETag: mark, "Content-Security-Policy": policyOfAnswer(page, { asks }) };
  if (status === 200 && request.headers["if-none-match"] === mark) {
    response.writeHead(304, headers).end();
    return;
  }
  const body = Buffer.from(page);
  response.writeHead(status, { ...headers, "Content-Type": "text/html; charset=utf-8", "Content-Length": body.length });
  response.end(request.method === "HEAD" ? undefined : body);
}

/** What cannot be shown, and why; only a bug is one. */
function failure(error: unknown): Answer {
  if (error instanceof SimvlmError) return { status: 422, page: messagePage("This cannot be shown", error.message) };
  const { message } = error as Error;
  return { status: 500, page: messagePage("This is a bug, please report it", message) };
}

/** The pages, by their addresses behind the token. */
class Site {
  readonly #index: RunIndex;
  readonly #roots: readonly string[];
  readonly #reports: ReportPages;
  readonly #history = new HistoryPages();

  constructor(index: RunIndex, roots: readonly string[], makeReport: MakeReport) {
    this.#index = index;
    this.#roots = roots;
    this.#reports = new ReportPages(makeReport);
  }

  async answer(path: string, query: URLSearchParams): Promise<Answer> {
    const snapshot = await this.#index.look();
    const choice = readChoice(query);
    if (path === "") {
      const page = leaderboardPage(arrangeRuns(snapshot.runs, choice), snapshot, { roots: this.#roots, choice });
      return { status: 200, page, asks: true };
    }
    if (path === "history") {
      const page = await this.#history.render(arrangeRuns(snapshot.runs, choice), choice);
      return { status: 200, page, asks: true };
    }
    if (path === "compare") return this.#report(query.getAll("run"), snapshot.runs);
    const [, id] = /^run\/(\w+)$/.exec(path) ?? [];
    return id === undefined ? notFound() : this.#report([id], snapshot.runs);
  }

  async #report(ids: readonly string[], runs: readonly ServedRun[]): Promise<Answer> {
    const asked = [...new Set(ids)];
    if (asked.length === 0) return say(400, "No run is ticked", "Go back and tick those that are to be compared.");
    if (asked.length > MOST_COMPARED) return say(400, "Too many runs", `At most ${MOST_COMPARED} can be compared.`);
    const found = asked.flatMap((id) => runs.find((run) => run.id === id) ?? []);
    if (found.length < asked.length) return notFound();
    const damaged = found.find(({ entry }) => entry.state === "damaged");
    if (damaged?.entry.state === "damaged") return say(422, `${damaged.name} cannot be used`, damaged.entry.why);
    return { status: 200, page: await this.#reports.get(found) };
  }
}

function say(status: number, title: string, text: string): Answer {
  return { status, page: messagePage(title, text) };
}

function notFound(): Answer {
  return say(404, "There is no such page", "The run may have been moved, renamed or removed.");
}
