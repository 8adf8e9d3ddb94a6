import { readChoice } from "./choice.js";
import { HistoryPages } from "./history-page.js";
import { arrangeRuns } from "./leaderboard.js";
import { leaderboardPage } from "./leaderboard-page.js";
import { type Answer, type LocalServer, openLocalSite, say } from "./local-site.js";
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

/** Nobody compares more at a time. */
const MOST_COMPARED = 20;

/**
 * Serves the runs in some folders to the reader at this machine: pages, and nothing that changes a file.
 * @throws SimvlmError `cannot-listen` where the port is another program's
 */
export async function serveRuns({ roots, port = 0, makeReport, ...options }: ServeOptions): Promise<LocalServer> {
  const index = new RunIndex(roots, options);
  const site = new Site(index, roots, makeReport);
  const server = await openLocalSite(port, (path, query) => site.answer(path, query));
  await index.look(); // whoever opens the page at once finds it read
  return server;
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

function notFound(): Answer {
  return say(404, "There is no such page", "The run may have been moved, renamed or removed.");
}
