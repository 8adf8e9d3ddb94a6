import { Command, CommanderError, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { SimvlmError, VERSION } from "@simvlm/metrics";
import { isSystemError } from "../files/system-error.js";
import { missingPackage } from "../optional-packages.js";
import { describeFailure, findCulprit } from "../plugins/failure.js";
import { listPlugins } from "../plugins/loaded-plugins.js";
import { printable } from "../terminal/printable.js";
import { printData, tell } from "../terminal/streams.js";
import { withHint } from "./hints.js";
import { hintAtMend } from "./mend-hint.js";
import { askRequiredLast, parseWords } from "./misspelt-options.js";
import { acceptPlugins } from "./plugin-options.js";

/** Every command, with what loads it: `simvlm score` must not wait for the libraries of the others. */
const COMMANDS: readonly {
  name: string;
  summary: string;
  load: () => Promise<CommandUnknownOpts>;
  /** Whether plug-ins mean something to it. */
  plugins?: true;
}[] = [
  {
    name: "caption",
    summary: "caption pictures",
    load: async () => (await import("./caption.js")).createCaptionCommand(),
    plugins: true,
  },
  {
    name: "attend",
    summary: "caption a picture and draw where the model looked for each word",
    load: async () => (await import("./attend.js")).createAttendCommand(),
    plugins: true,
  },
  {
    name: "score",
    summary: "score predictions against official annotations",
    load: async () => (await import("./score.js")).createScoreCommand(),
    plugins: true,
  },
  {
    name: "run",
    summary: "predict the examples of a data set, and score them",
    load: async () => (await import("./run.js")).createRunCommand(),
    plugins: true,
  },
  {
    name: "merge",
    summary: "combine the shards of a run",
    load: async () => (await import("./merge.js")).createMergeCommand(),
    plugins: true,
  },
  {
    name: "submission",
    summary: "write a run as the results file of a test server",
    load: async () => (await import("./submission.js")).createSubmissionCommand(),
    plugins: true,
  },
  {
    name: "verify",
    summary: "check a run or a report: hash and score it again",
    load: async () => (await import("./verify.js")).createVerifyCommand(),
    plugins: true,
  },
  {
    name: "compare",
    summary: "compare runs on the same examples",
    load: async () => (await import("./compare.js")).createCompareCommand(),
    plugins: true,
  },
  {
    name: "report",
    summary: "write runs and their comparison as one HTML file",
    load: async () => (await import("./report.js")).createReportCommand(),
    plugins: true,
  },
  {
    name: "diff",
    summary: "say how two reports or runs differ",
    load: async () => (await import("./diff.js")).createDiffCommand(),
    plugins: true,
  },
  {
    name: "inspect",
    summary: "show a model's config, parameters and hashes",
    load: async () => (await import("./inspect.js")).createInspectCommand(),
    plugins: true,
  },
  {
    name: "export",
    summary: "write a model as ONNX files",
    load: async () => (await import("./export.js")).createExportCommand(),
    plugins: true,
  },
  {
    name: "tokenizer",
    summary: "train a vocabulary, show a text's pieces",
    load: async () => (await import("./tokenizer.js")).createTokenizerCommand(),
  },
  {
    name: "doctor",
    summary: "say what works on this machine and what is missing",
    load: async () => (await import("./doctor.js")).createDoctorCommand(),
  },
  {
    name: "bench",
    summary: "measure speed on this machine",
    load: async () => (await import("./bench.js")).createBenchCommand(),
  },
  {
    name: "pretrain",
    summary: "train a model on noisy image-text pairs and documents",
    load: async () => (await import("./pretrain.js")).createPretrainCommand(),
  },
  {
    name: "finetune",
    summary: "train a pretrained model on one of the tasks",
    load: async () => (await import("./finetune.js")).createFinetuneCommand(),
    plugins: true,
  },
  {
    name: "demo",
    summary: "caption new pictures zero-shot and supervised, and compare",
    load: async () => (await import("./demo.js")).createDemoCommand(),
  },
  {
    name: "label-curve",
    summary: "say how many labelled pictures zero-shot is worth",
    load: async () => (await import("./label-curve.js")).createLabelCurveCommand(),
    plugins: true,
  },
  {
    name: "toybox",
    summary: "draw and describe a miniature world to train and test in",
    load: async () => (await import("./toybox.js")).createToyboxCommand(),
  },
  {
    name: "notebook",
    summary: "run notebooks without Jupyter",
    load: async () => (await import("./notebook.js")).createNotebookCommand(),
  },
  {
    name: "kernel",
    summary: "install the TypeScript kernel for Jupyter and VS Code",
    load: async () => (await import("./kernel.js")).createKernelCommand(),
  },
  {
    name: "lab",
    summary: "start Jupyter with the TypeScript kernel",
    load: async () => (await import("./lab.js")).createLabCommand(),
  },
];

/** What the system refuses whatever the program does: room, rights, names, and how much may be open. */
const NO_BUGS = new Set(
  "EACCES EDQUOT EFBIG EIO EISDIR ELOOP EMFILE ENAMETOOLONG ENFILE ENOMEM ENOSPC ENOTDIR EPERM EROFS".split(" "),
);

/** What the shell is told: the user's mistake, or ours. */
const EXIT_BAD_INPUT = 2;
const EXIT_BUG = 1;

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
    await program.parseAsync(parseWords(program, argv), { from: "user" });
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
    .description("SimVLM in TypeScript: a research notebook kernel and an evaluation harness")
    .version(VERSION)
    .helpCommand("help [command]", "show how a command is used")
    .addHelpText(
      "after",
      "\nExamples:\n  $ simvlm caption photo.jpg --checkpoint checkpoints/toy\n  $ simvlm score --task caption --references captions.json --predictions results.json",
    );
  const asked = askedCommand(argv);
  for (const { name, summary, load, plugins } of COMMANDS) {
    const command: CommandUnknownOpts = name === asked ? await load() : new Command(name);
    askRequiredLast(command);
    if (plugins) acceptPlugins(command);
    program.addCommand(command.summary(summary));
  }
  settle(program, onHelp);
  return program;
}

/** What holds for every command: errors are thrown, and what is printed, words of the command line too, is harmless. */
function settle(command: CommandUnknownOpts, onHelp: (text: string) => void): void {
  command.exitOverride().showHelpAfterError("(--help shows how to use it)");
  command.configureOutput({ writeOut: onHelp, writeErr: (text) => tell(text.replace(/\n$/, "")) });
  for (const child of command.commands) settle(child, onHelp);
}

/** @param options those that the command has */
function report(thrown: unknown, options: readonly string[]): number {
  const error = missingPackage(thrown) ?? thrown;
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_BAD_INPUT; // it has printed its message
  if (error instanceof SimvlmError) {
    const hints = `${withHint(error.code, error.message, options)}${hintAtMend(error)}`;
    const message = `${hints}${error.code === "bad-metric" ? blamePlugins() : ""}`;
    tell(`simvlm: ${message}`);
    return EXIT_BAD_INPUT;
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
  tell(`simvlm: this is a bug, please report it\n${(error as Error)?.stack ?? error}`);
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
