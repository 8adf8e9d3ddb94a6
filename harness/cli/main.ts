import { SimvlmError, VERSION } from "@simvlm/metrics";
import { Command, CommanderError } from "commander";
import { printable } from "./printable.js";

/** Every command, with what loads it: `simvlm score` must not wait for the libraries of the others. */
const COMMANDS: readonly { name: string; summary: string; load: () => Promise<Command> }[] = [
  {
    name: "score",
    summary: "score predictions against official annotations",
    load: async () => (await import("./score.js")).createScoreCommand(),
  },
  {
    name: "toybox",
    summary: "draw and describe a miniature world to train and test in",
    load: async () => (await import("./toybox.js")).createToyboxCommand(),
  },
];

/** What the shell is told: the user's mistake, or ours. */
const EXIT_BAD_INPUT = 2;
const EXIT_BUG = 1;

async function main(argv: readonly string[]): Promise<void> {
  const program = new Command("simvlm")
    .description("SimVLM in TypeScript: a research notebook kernel and an evaluation harness")
    .version(VERSION)
    .helpCommand("help [command]", "show how a command is used")
    .addHelpText(
      "after",
      "\nExample:\n  $ simvlm score --task caption --references captions.json --predictions results.json",
    );
  for (const { name, summary, load } of COMMANDS) {
    program.addCommand(argv.includes(name) ? (await load()).summary(summary) : new Command(name).summary(summary));
  }
  exitByThrowing(program);
  await program.parseAsync(argv, { from: "user" });
}

function exitByThrowing(command: Command): void {
  command.exitOverride().showHelpAfterError("(--help shows how it is used)");
  for (const child of command.commands) exitByThrowing(child);
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_BAD_INPUT; // it has printed its message
  if (error instanceof SimvlmError) {
    process.stderr.write(`simvlm: ${printable(error.message)}\n`);
    return EXIT_BAD_INPUT;
  }
  process.stderr.write(`simvlm: this is a bug, please report it\n${(error as Error)?.stack ?? error}\n`);
  return EXIT_BUG;
}

// `simvlm … | head` closes the pipe early; that is not an error
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

main(process.argv.slice(2)).catch((error: unknown) => {
  process.exitCode = report(error);
});
