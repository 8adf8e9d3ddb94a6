import { join } from "node:path";
import { PROVIDERS, probeProvider } from "simvlm/engine";
import { drawBlocks, drawTable } from "simvlm/terminal";
import { BENCHMARKS } from "./benchmarks.js";
import { project } from "./measure.js";
import { openRecord, readCheckout, readHistory, writeRecord } from "./runner/history.js";
import { describeMachine, listVersions } from "./runner/machine.js";
import { type Options, readOptions } from "./runner/read-options.js";
import { withRow } from "./runner/record.js";
import { type Outcome, runBenchmarks } from "./runner/run-benchmarks.js";
import { blocksOfVerdicts, tableOfRows } from "./runner/show.js";
import { judge } from "./runner/verdict.js";

const HISTORY = "test/bench/history";
/** What nothing runs: a change there changes no speed. */
const NO_PROGRAM = [HISTORY, "docs", "*.md"];
const INTERRUPTED = 130;

const USAGE = `npm run bench -- [name…] [--rounds n] [--provider name] [--json]
  name        what is measured; without one, all: ${Object.keys(BENCHMARKS).join(", ")}
  --rounds    how often each side does its work, in turn; default: so that all of them take a quarter of an hour
  --provider  what runs our models: ${PROVIDERS.join(", ")}
  --json      print the rows and the verdicts as JSON
Kept in ${HISTORY}, by commit and machine; docs/benchmarks.md says more.`;

async function main(): Promise<void> {
  let options: Options;
  try {
    options = readOptions(process.argv.slice(2), { benchmarks: Object.keys(BENCHMARKS), providers: PROVIDERS });
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}\n`);
    process.exitCode = 2;
    return;
  }
  if (options.help) process.stdout.write(`${USAGE}\n`);
  else await measureAll(options);
}

async function measureAll(options: Options): Promise<void> {
  const { names, rounds, provider, json } = options;
  const tell = (message: string) => process.stderr.write(`${message}\n`);
  const [folder, checkout, versions] = [join(project, HISTORY), readCheckout(project, NO_PROGRAM), listVersions()];
  let record = openRecord(folder, checkout, describeMachine());
  let measured = { ...record, benchmarks: {} };
  let path: string | undefined;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      tell(path ? `Stopped. What is done is kept in ${path}.` : "Stopped before anything was measured.");
      process.exit(INTERRUPTED);
    });
  }
  const outcomes: Outcome[] = [];
  const runner = runBenchmarks(
    names.map((name) => [name, BENCHMARKS[name]!] as const),
    {
      provider,
      isWhole: options.isWhole,
      ...(rounds !== undefined && { rounds }),
      missingProvider: await findMissingProvider(provider),
      keep: (name, row) => {
        tell(`${name}: ${row.work}`);
        measured = withRow(measured, name, row, versions);
        record = withRow(record, name, row, versions);
        path = writeRecord(folder, record);
      },
    },
  );
  for await (const outcome of runner) {
    outcomes.push(outcome);
    if (!json) process.stdout.write(`${describeOutcome(outcome)}\n\n`);
    if (outcome.failed !== undefined) process.exitCode = 1;
  }
  const verdicts = judge(measured, checkout.isChanged ? checkout.line : checkout.line.slice(1), readHistory(folder));
  if (json) process.stdout.write(`${JSON.stringify({ record: path, outcomes, verdicts }, undefined, 2)}\n`);
  else process.stdout.write(`${drawBlocks(blocksOfVerdicts(verdicts), process.stdout.columns)}\n`);
  tell(`Seconds: ${outcomes.map(({ name, seconds }) => `${name} ${seconds}`).join(", ")}.`);
  if (path) tell(`Kept in ${path}${checkout.isChanged ? ", as the files here are not those of a commit" : ""}.`);
}

/** Why a provider cannot be used here. */
async function findMissingProvider(name: string): Promise<string | undefined> {
  const provider = PROVIDERS.find((known) => known === name)!;
  const { works, detail, remedy } = await probeProvider(provider);
  return works ? undefined : `no device for ${name} here: ${detail}${remedy ? `; it needs ${remedy}` : ""}`;
}

function describeOutcome({ name, seconds, rows, skipped, failed }: Outcome): string {
  const title = `${name}, ${seconds} s`;
  const table = rows.length > 0 ? [drawTable(tableOfRows(title, rows), process.stdout.columns)] : [];
  if (skipped !== undefined) return [...table, `${name}: skipped: ${skipped}`].join("\n");
  if (failed !== undefined)
    return [...table, `${name}: failed: ${failed instanceof Error ? failed.stack : failed}`].join("\n");
  return table.join("\n");
}

main();
