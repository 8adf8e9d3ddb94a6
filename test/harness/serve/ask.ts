import { type IncomingHttpHeaders, request } from "node:http";
import { onTestFinished, vi } from "vitest";
import { type ServeOptions, serveRuns } from "../../../harness/serve/server.js";
import { Scratch } from "../cli/run-cli.js";

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Asks for an address as it stands, with any headers, which `fetch` would mend. */
export function ask(
  address: string,
  { path, method = "GET", headers = {} }: { path?: string; method?: string; headers?: Record<string, string> } = {},
): Promise<Reply> {
  const { hostname, port, pathname } = new URL(address);
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path: path ?? pathname, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({ status: response.statusCode!, headers: response.headers, text });
      });
    });
    asked.on("error", reject).end();
  });
}

/** {@link ask} for a page until all runs have been read: a busy machine shows those that it has come to. */
export async function askWhole(address: string, options: Parameters<typeof ask>[1] = {}): Promise<Reply> {
  for (;;) {
    const reply = await ask(address, options);
    if (!/being read|being looked through/.test(reply.text)) return reply;
  }
}

/** A server for one test, which looks at its files whenever it is asked. */
export async function serveHere(roots: readonly string[], options: Partial<ServeOptions> = {}) {
  if (process.env.XDG_CACHE_HOME === undefined) vi.stubEnv("XDG_CACHE_HOME", new Scratch().path);
  const asked: (readonly string[])[] = [];
  const makeReport = async (folders: readonly string[]) => {
    asked.push(folders);
    return `<p>report of ${folders.length}</p>`;
  };
  const server = await serveRuns({ roots, rest: 0, patience: 150_000, makeReport, ...options });
  onTestFinished(() => server.close());
  const { pathname } = new URL(server.address);
  return {
    address: server.address,
    close: () => server.close(),
    /** The runs of each report that was made. */
    asked,
    get: (path = "", headers: Record<string, string> = {}) =>
      ask(server.address, { path: `${pathname}${path}`, headers }),
  };
}

/** What a page's tables show, a list for each table: the texts of each row's cells. */
export function tablesOf(page: string): string[][][] {
  return [...page.matchAll(/<table[\s\S]*?<\/table>/g)].map(([table]) =>
    [...table.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row]) =>
      [...row!.matchAll(/<t[hd]\b[^>]*>([\s\S]*?)<\/t[hd]>/g)].map(([, cell]) =>
        cell!
          .replace(/<br>/g, " ")
          .replace(/<[^>]*>/g, "")
          .trim(),
      ),
    ),
  );
}

/** The addresses of the runs' own pages, by what the page calls them. */
export function linksOf(page: string): Record<string, string> {
  return Object.fromEntries(
    [...page.matchAll(/<a href="(run\/\w+)"><bdi>([^<]*)<\/bdi>/g)].map(([, href, name]) => [name!, href!]),
  );
}
