import { Command, type CommandUnknownOpts, InvalidArgumentError } from "@commander-js/extra-typings";
import { SimvlmError } from "@simvlm/metrics";
import { isFolder } from "../files/folders.js";
import type { LocalServer } from "../serve/local-site.js";
import { print } from "../terminal/streams.js";
import { parseCount } from "./options.js";
import { withStopSignals } from "./stop-signals.js";

const NOTES = `
Examples:
  $ simvlm serve runs
  $ simvlm serve runs/zero-shot runs/fine-tuned --port 8080
  $ simvlm serve model.html
  $ simvlm serve report.html

Open the address that is printed; it has a secret in it. Only this machine is answered, and nothing is ever written
but an index in your cache folder. Ctrl-C ends it.`;

const MOST_PORTS = 65_535;

/** `simvlm serve` */
export function createServeCommand(): CommandUnknownOpts {
  return new Command("serve")
    .description("Show the runs in folders in your browser: a leaderboard, reports and comparisons, live.")
    .argument(
      "<folder...>",
      "folders with runs, however deep, or runs; or one page that `simvlm page --beside` or `simvlm report` wrote",
    )
    .option("--port <n>", "where to listen (default: a port that is free)", parsePort)
    .option("--explore <n>", "of how many examples reports show attention maps, which takes the models", parseCount, 0)
    .option("--checkpoint <folder...>", "the models, if they are not where the runs say")
    .option("--data <folder>", "the data set, if it is not where the runs say")
    .option("--plugin <file|package...>", "modules that define further tasks, metrics or families of models")
    .addHelpText("after", NOTES)
    .action(async (roots, given) => {
      const [page] = roots;
      if (roots.length === 1 && /\.html?$/i.test(page!) && !(await isFolder(page!)))
        return servePage(page!, given.port);
      for (const root of roots) await requireFolder(root);
      const { port, explore, checkpoint: checkpoints = [], data: dataFolder, plugin: plugins = [] } = given;
      const [{ serveRuns }, { ReportMaker }, { loadPlugins }] = await Promise.all([
        import("../serve/server.js"),
        import("./make-report.js"),
        import("../plugins/load-plugins.js"),
      ]);
      await loadPlugins(plugins);
      const maker = new ReportMaker({ options: { explore, checkpoints, dataFolder }, plugins });
      await serveUntilStopped(roots, () => serveRuns({ roots, port, makeReport: (folders) => maker.make(folders) }));
      maker.close();
    });
}

async function servePage(page: string, port: number | undefined): Promise<void> {
  const [{ serveModelPage }, { isReport, serveReportPage }] = await Promise.all([
    import("../serve/model-site.js"),
    import("../serve/report-site.js"),
  ]);
  const serve = (await isReport(page)) ? serveReportPage : serveModelPage;
  await serveUntilStopped([page], () => serve(page, port));
}

async function serveUntilStopped(served: readonly string[], open: () => Promise<LocalServer>): Promise<void> {
  await withStopSignals(async ({ signal, listen }) => {
    const server = await open();
    listen();
    await print(`Serving ${served.join(", ")} at\n${server.address}\nCtrl-C ends it.`);
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await server.close();
  });
}

async function requireFolder(root: string): Promise<void> {
  if (await isFolder(root)) return;
  throw new SimvlmError("missing-file", `${root}: there is no such folder. Check the path.`);
}

function parsePort(text: string): number {
  const port = parseCount(text);
  if (port <= MOST_PORTS) return port;
  throw new InvalidArgumentError(`It must be ${MOST_PORTS} at most.`);
}
