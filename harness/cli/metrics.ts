import { Argument, Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { listMetrics, type MetricDefinition, SimvlmError } from "@simvlm/metrics";
import { hideHome } from "../files/home.js";
import { findKept, type Kept, needsInstalledData, needsSupply, supplyTables } from "../metric-data/supply-tables.js";
import { drawTable } from "../terminal/draw-table.js";
import { formatJson } from "../terminal/json.js";
import { formatCount } from "../terminal/numbers.js";
import { print, printData, tell } from "../terminal/streams.js";
import { outputWidth } from "../terminal/text-width.js";
import { installSpiceWithProgress, installWithProgress } from "./metric-data.js";
import type { OptionsOf } from "./options.js";

const EXAMPLES = `
Examples:
  $ simvlm metrics list
  $ simvlm metrics install meteor --from pycocoevalcap-1.2-py3-none-any.whl
  $ simvlm metrics install spice --from pycocoevalcap-1.2-py3-none-any.whl --maven`;

const LIST_EXAMPLE = `
Example:
  $ simvlm metrics list --json`;

const INSTALL_EXAMPLE = `
Examples:
  $ simvlm metrics install meteor --from pycocoevalcap-1.2-py3-none-any.whl
  $ simvlm metrics install meteor --from .venv
  $ simvlm metrics install meteor --from meteor-1.5/meteor-1.5.jar
  $ simvlm metrics install spice --from pycocoevalcap-1.2-py3-none-any.whl --maven
  $ simvlm metrics install spice --from .venv --jars corenlp-jars

METEOR's synonyms and paraphrases (LGPL, and WordNet's licence) do not come with this program. They are taken from an
installed pycocoevalcap or the environment it is installed in, from its wheel, from a meteor-1.5.jar with data/ beside it,
or from a folder with the jar's files. \`pip download --no-deps pycocoevalcap==1.2\` fetches the wheel (104 MB).

SPICE is a Java program, and needs Java 11 or later to be there whenever it scores. It comes with pycocoevalcap, too, but
for Stanford CoreNLP 3.6.0 and its models (GPL, 385 MB), and the JavaScript engine nashorn 15.4, which Java has no more
from 15 on. These jars are looked for in the folders of --jars, beside SPICE and in Maven's ~/.m2; --maven has Maven fetch them.`;

/** `simvlm metrics` */
export function createMetricsCommand(): CommandUnknownOpts {
  return new Command("metrics")
    .description("List the metrics, and install the data that some of them need.")
    .addHelpText("after", EXAMPLES)
    .addCommand(defineInstall().action(runInstall))
    .addCommand(defineList().action(runList));
}

function defineInstall() {
  const data = new Argument("<metric>", "whose data").choices(
    listMetrics()
      .filter(needsInstalledData)
      .map(({ name }) => name),
  );
  return new Command("install")
    .description("Keep the data that a metric needs in your data folder.")
    .addArgument(data)
    .requiredOption("--from <path>", "a folder, a wheel or a jar that has the data")
    .option("--without-paraphrases", "meteor: leave out the paraphrases; its scores are others then, and say so")
    .option(
      "--jars <folders...>",
      "spice: where the jars of CoreNLP and nashorn lie, side by side or as Maven keeps them",
    )
    .option("--maven", "spice: have Maven (mvn) fetch the jars of CoreNLP and nashorn")
    .option("--json", "print the result as JSON")
    .addHelpText("after", INSTALL_EXAMPLE);
}

function defineList() {
  return new Command("list")
    .description("List the metrics, and which data are installed.")
    .option("--json", "print the result as JSON")
    .addHelpText("after", LIST_EXAMPLE);
}

type InstallCommandOptions = OptionsOf<typeof defineInstall>;

/** What installs the data of each metric, and the options that are for it alone. */
const INSTALLERS: Readonly<
  Record<
    string,
    { readonly own: readonly (keyof InstallCommandOptions)[]; run(options: InstallCommandOptions): Promise<void> }
  >
> = {
  meteor: { own: ["withoutParaphrases"], run: runInstallMeteor },
  spice: { own: ["jars", "maven"], run: runInstallSpice },
};

async function runInstall(metric: string, options: InstallCommandOptions): Promise<void> {
  for (const [other, { own }] of Object.entries(INSTALLERS)) {
    const given = other === metric ? undefined : own.find((name) => options[name] !== undefined);
    if (given !== undefined)
      throw new SimvlmError("bad-option", `${nameOption(given)} is for ${other}, not for ${metric}.`);
  }
  await INSTALLERS[metric]!.run(options);
}

const nameOption = (name: string) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

async function runInstallMeteor({ from, withoutParaphrases, json }: InstallCommandOptions): Promise<void> {
  const installed = await installWithProgress(from, { paraphrases: !withoutParaphrases });
  if (json) return printData(`${formatJson(installed)}\n`);
  const { file, name, phrases } = installed;
  const table = phrases === 0 ? "without paraphrases" : `with ${formatCount(phrases)} phrases`;
  return print(`installed: ${file} (METEOR ${name}, ${table})`);
}

async function runInstallSpice({ from, jars, maven, json }: InstallCommandOptions): Promise<void> {
  const installed = await installSpiceWithProgress(from, { folders: jars, maven });
  if (!installed.official) {
    tell("simvlm: note: these are not the jars that were published: signatures name them by a hash");
  }
  if (json) return printData(`${formatJson(installed)}\n`);
  const { folder, name, jars: count } = installed;
  return print(`installed: ${folder} (SPICE ${name}, ${count} jars)`);
}

/** What `simvlm metrics list` says of a metric. */
interface Listed {
  readonly name: string;
  readonly scores: readonly string[];
  /** Of data that are installed apart: their name, or why there are none. */
  readonly data?: { readonly installed: string } | { readonly missing: string };
  /** What it has found out and keeps for the next time. */
  readonly kept?: Kept | undefined;
}

async function runList({ json }: OptionsOf<typeof defineList>): Promise<void> {
  const listed = await Promise.all(listMetrics().map(describe));
  if (json) return printData(`${formatJson(listed, 2)}\n`);
  const rows = listed.map(({ name, scores, data }) => [name, scores.join(", "), tellData(data)]);
  const missing = listed.flatMap(({ data }) => (data && "missing" in data ? [data.missing] : []));
  const table = {
    head: ["metric", "scores", "data"],
    rows,
    textColumns: 3,
    rules: "none",
    remarks: [...new Set(missing), ...tellKept(listed)],
  } as const;
  return print(drawTable(table, outputWidth()));
}

async function describe(metric: MetricDefinition): Promise<Listed> {
  const { name, scores } = metric;
  if (!needsSupply(metric)) return { name, scores };
  const kept = await findKept(metric).catch(() => undefined); // where there is no home folder, there is no cache
  try {
    const tables = await supplyTables([metric]);
    return { name, scores, data: { installed: (tables![name] as { name: string }).name }, kept };
  } catch (error) {
    if (!(error instanceof SimvlmError)) throw error;
    return { name, scores, data: { missing: error.message }, kept };
  }
}

/** Several metrics may keep the same. */
function tellKept(listed: readonly Listed[]): string[] {
  const folders = new Map(listed.flatMap(({ kept }) => (kept ? [[kept.folder, kept.bytes] as const] : [])));
  return [...folders].map(
    ([folder, bytes]) =>
      `${hideHome(folder)} keeps what was found out, ${formatCount(Math.ceil(bytes / 1e6))} MB: it may be removed at any time.`,
  );
}

function tellData(data: Listed["data"]): string {
  if (!data) return "";
  return "installed" in data ? `installed: ${data.installed}` : "not installed";
}
