import { Command, CommanderError, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { SimvlmError, VERSION } from "@simvlm/metrics";
import { EXIT_BAD_INPUT, EXIT_BUG, EXIT_UNFINISHED } from "../exit-codes.js";
import { isSystemError } from "../files/system-error.js";
import { missingPackage } from "../optional-packages.js";
import { describeFailure, findCulprit } from "../plugins/failure.js";
import { listPlugins } from "../plugins/loaded-plugins.js";
import { printable } from "../terminal/printable.js";
import { printData, tell, tellLines } from "../terminal/streams.js";
import { COMMAND_GROUPS } from "./commands.js";
import { withHint } from "./hints.js";
import { hintAtMend } from "./mend-hint.js";
import { askRequiredLast, parseWords } from "./misspelt-options.js";
import { acceptPlugins } from "./plugin-options.js";
import { settle } from "./settle-command.js";

/** What the system refuses whatever the program does: room, rights, names, and how much may be open. */
const NO_BUGS = new Set(
  "EACCES EDQUOT EFBIG EIO EISDIR ELOOP EMFILE ENAMETOOLONG ENFILE ENOMEM ENOSPC ENOTDIR EPERM EROFS".split(" "),
);

/**
 * Runs one command line. Its exit code is left in `process.exitCode`, where commands put theirs, and stays as it was when
 * all went well; errors are printed, never thrown.
 * @param argv the words after `simvlm`
 */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  process.once("exit", reportUnfinished);
  let options: readonly string[] = [];
  try {
    await parseCommandLine(argv, (command) => {
      options = command.options.flatMap(({ long }) => long ?? []);
    });
  } catch (error) {
    process.exitCode = report(error, options);
  } finally {
    process.off("exit", reportUnfinished);
  }
}

/** @param onCommand is given the command before it acts */
async function parseCommandLine(
  argv: readonly string[],
  onCommand: (command: CommandUnknownOpts) => void,
): Promise<void> {
  // What commander prints it prints at once, and does not look whether there was room for it.
  let help = "";
  const program = await createProgram(argv, (text) => {
    help += text;
  });
  program.hook("preAction", (_program, command) => onCommand(command));
  try {
    await program.parseAsync(parseWords(program, helpOfHelp(argv)), { from: "user" });
  } finally {
    if (help !== "") await printData(printable(help));
  }
}

/** A plug-in that never answers, or that ends the process, must not pass for success. */
function reportUnfinished(code: number): void {
  if (code !== 0) return;
  tell(`simvlm: the command ended before it was finished.${blamePlugins()}`);
  process.exitCode = EXIT_BAD_INPUT;
}

/** ` A plug-in is the likely cause: a.mjs.`; empty where none is loaded. */
function blamePlugins(): string {
  const names = listPlugins().map(({ name }) => name);
  return names.length === 0 ? "" : ` A plug-in is the likely cause: ${names.join(", ")}.`;
}

/**
 * The program with every command's name, and the options and actions of the one that is asked for.
 * @param onHelp is given what is to be printed on standard output
 */
async function createProgram(argv: readonly string[], onHelp: (text: string) => void): Promise<Command> {
  const program = new Command("simvlm")
    .description("SimVLM in TypeScript: the model, its training, its tasks and their evaluation.")
    .version(VERSION)
    .commandsGroup("Models and this machine:")
    .helpCommand("help [command]", "show how a command is used")
    .addHelpText(
      "after",
      "\nExamples:\n  $ simvlm caption photo.jpg --checkpoint checkpoints/toy\n  $ simvlm score --task caption --references captions.json --predictions results.json",
    );
  const asked = askedCommand(argv);
  for (const { heading, commands } of COMMAND_GROUPS) {
    for (const { name, summary, load, plugins } of commands) {
      const command: CommandUnknownOpts = name === asked ? await load() : new Command(name);
      askRequiredLast(command);
      if (plugins) acceptPlugins(command);
      program.addCommand(command.summary(summary).helpGroup(heading));
    }
  }
  settle(program, onHelp);
  return program;
}

/** Help of `help` is the program's, which commander does not know, and there is none of a command that is not. */
function helpOfHelp(argv: readonly string[]): readonly string[] {
  const [first, second] = argv;
  if (first !== "help") return argv;
  if (second === undefined || ["help", "--help", "-h"].includes(second)) return ["--help"];
  const isKnown = COMMAND_GROUPS.some(({ commands }) => commands.some(({ name }) => name === second));
  return isKnown ? argv : [second]; // which is refused, with the name that may have been meant
}

/** @param options those that the command has */
function report(thrown: unknown, options: readonly string[]): number {
  const error = missingPackage(thrown) ?? thrown;
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_BAD_INPUT; // it has printed its message
  if (error instanceof SimvlmError) {
    const hints = `${withHint(error.code, error.message, options)}${hintAtMend(error)}`;
    const message = `${hints}${error.code === "bad-metric" ? blamePlugins() : ""}`;
    tell(`simvlm: ${message}`);
    if (error.code.endsWith("-in-use") || error.code === "storage-unavailable") return EXIT_UNFINISHED;
    const own = error.code === "stopped" ? process.exitCode : undefined; // that of the signal
    return typeof own === "number" ? own : EXIT_BAD_INPUT;
  }
  if (!(error instanceof Error) && listPlugins().length > 0) {
    tell(`simvlm: something that is no error was thrown: ${String(error)}.${blamePlugins()}`);
    return EXIT_BAD_INPUT;
  }
  const culprit = findCulprit(error);
  if (culprit) {
    tell(`simvlm: The plug-in ${culprit.name} failed: ${describeFailure(error)}`);
    return EXIT_BAD_INPUT;
  }
  if (isSystemError(error) && NO_BUGS.has(error.code ?? "")) {
    tell(`simvlm: the system refused what the command needs: ${error.message}`);
    return EXIT_BAD_INPUT;
  }
  tellLines(`simvlm: this is a bug, please report it\n${(error as Error)?.stack ?? error}`);
  return EXIT_BUG;
}

/**
 * The word of the arguments that names the command, or what help is asked for: of `score --task caption` it is `score`,
 * although `caption` is a command too.
 */
export function askedCommand(argv: readonly string[]): string | undefined {
  const [first, second] = argv.filter((argument) => !argument.startsWith("-"));
  return first === "help" ? second : first;
}
