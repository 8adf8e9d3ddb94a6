import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { formatJson } from "../terminal/json.js";
import { print, printData } from "../terminal/streams.js";
import { findSurplus, removeSurplus, type Surplus } from "../trim-packages.js";

const EXAMPLES = `
Examples:
  $ simvlm trim --dry-run
  $ simvlm trim

Do not trim what you copy to other systems. Installing a package again brings back what was removed.`;

/** `simvlm trim` */
export function createTrimCommand(): CommandUnknownOpts {
  return new Command("trim")
    .description(
      "Remove from the packages that simvlm installs what this machine never loads: binaries of other systems, and source maps.",
    )
    .option("--dry-run", "say what would be removed, and remove nothing", false)
    .option("--json", 'print {"removed": [{"package", "what", "bytes"}], "bytes"}', false)
    .addHelpText("after", EXAMPLES)
    .action(async ({ dryRun, json }) => {
      const surplus = await findSurplus();
      if (!dryRun) await removeSurplus(surplus);
      const removed = surplus.map(({ name, what, bytes }) => ({ package: name, what, bytes }));
      const bytes = surplus.reduce((total, found) => total + found.bytes, 0);
      if (json) await printData(`${formatJson({ removed, bytes }, 2)}\n`);
      else await print(describe(surplus, bytes, dryRun));
    });
}

function describe(surplus: readonly Surplus[], bytes: number, isRehearsed: boolean): string {
  if (surplus.length === 0) return "Nothing to remove: packages hold nothing for other systems, and no source maps.";
  const width = Math.max(...surplus.map(({ name }) => name.length));
  return [
    ...surplus.map(({ name, what, bytes }) => `${name.padEnd(width)}  ${toMegabytes(bytes).padStart(5)} MB  ${what}`),
    isRehearsed
      ? `${toMegabytes(bytes)} MB would be removed, and nothing was.`
      : `${toMegabytes(bytes)} MB were removed.`,
  ].join("\n");
}

function toMegabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
