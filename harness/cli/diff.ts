import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import type { ReportDiff } from "../compare/report-diff.js";
import { isFolder } from "../files/folders.js";
import { withoutHomes } from "../files/home.js";
import { buildReport } from "../report/document/build.js";
import type { ReportData } from "../report/document/data.js";
import { diffReports } from "../report/document/diff-reports.js";
import { openReport } from "../report/document/file.js";
import { checkPage } from "../report/document/verify-page.js";
import { formatDiff } from "../terminal/diff-tables.js";
import { formatJson } from "../terminal/json.js";
import { parseCount } from "./options.js";
import { checkOutputs, printBeside, requireOutside, writeOutputs } from "./output.js";

const EXAMPLES = `
Examples:
  $ simvlm diff monday.html friday.html
  $ simvlm diff runs/greedy runs/beam --json diff.json

Exit code 1: a report's page is not what was drawn of its data. Whether its scores follow from its predictions, \`simvlm verify\` says.`;

const EXIT_BROKEN = 1;

/** `simvlm diff` */
export function createDiffCommand(): CommandUnknownOpts {
  return new Command("diff")
    .description("Say what changed from one report or run to another: settings, data, weights, code, metrics, answers.")
    .argument("<first>", "a report, or the folder of a finished run")
    .argument("<second>", "another")
    .option("--json <file>", "write all differences as JSON; - for standard output")
    .option("--examples <n>", "how many changed predictions to show", parseCount, 10)
    .addHelpText("after", EXAMPLES)
    .action(async (first, second, { json, examples }) => {
      const folders = [await isFolder(first), await isFolder(second)] as const;
      if (json !== undefined) {
        await checkOutputs([json], [first, second]);
        await requireOutside(json, [first, second]);
      }
      const [a, b] = [await openSide(first, folders[0]), await openSide(second, folders[1])];
      const isBroken = a.problems.length + b.problems.length > 0;
      const diff: ReportDiff = {
        ...diffReports(a.data, b.data, { resampling: !folders.includes(true) }),
        ...(isBroken && { pages: { first: a.problems, second: b.problems } }),
      };
      if (json !== undefined) await writeOutputs([[json, `${formatJson(withoutHomes(diff), 2)}\n`]]);
      await printBeside([json], (width) => formatDiff(diff, examples, width));
      if (isBroken) process.exitCode = EXIT_BROKEN;
    });
}

/** Intervals are not compared: a run's take no time. */
const NO_INTERVALS = { resamples: 1, examples: 0, explore: 0 };

interface Side {
  readonly data: ReportData;
  /** In what its page is not as it should be. */
  readonly problems: readonly string[];
}

async function openSide(path: string, isRun: boolean): Promise<Side> {
  if (isRun) return { data: (await buildReport([path], NO_INTERVALS)).data, problems: [] };
  const file = await openReport(path);
  return { data: file.data, problems: await checkPage(file, path) };
}
