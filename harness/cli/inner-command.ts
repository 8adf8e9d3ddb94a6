import type { CommandUnknownOpts, OptionValues } from "@commander-js/extra-typings";
import { SimvlmError } from "@simvlm/metrics";
import { tellLines } from "../terminal/streams.js";
import { COMMAND_GROUPS } from "./commands.js";
import { askRequiredLast, parseWords } from "./misspelt-options.js";
import { acceptPlugins } from "./plugin-options.js";
import { settle } from "./settle-command.js";

/** A command line that stands in another one, read but not done. */
export interface InnerCommand {
  readonly name: string;
  /** Its options by their attributes, as it would be given them. */
  readonly options: OptionValues;
  /** What stands in it without an option. */
  readonly arguments: readonly string[];
  /** Its words, one option each: `["--limit", "8"]`. */
  readonly parts: readonly OptionWords[];
}

/** The words of one option. */
export interface OptionWords {
  /** `limit` of `--limit 8`, or undefined for words that belong to none. */
  readonly option?: string | undefined;
  readonly words: readonly string[];
  /** What its value is, as help has it: `folder` of `--out <folder>`; undefined where there is none. */
  readonly value?: { readonly what: string; readonly text: string } | undefined;
}

/**
 * Reads a command line as it would be read if it were done now: what is wrong with it is said before anything is handed in.
 * @param words its name and what follows
 * @throws SimvlmError `bad-option` for a command that is none of `names`; CommanderError
 */
export async function readInnerCommand(words: readonly string[], names: readonly string[]): Promise<InnerCommand> {
  const [name = "", ...rest] = words;
  if (!names.includes(name)) {
    throw new SimvlmError(
      "bad-option",
      `Which command is to be handed in? ${name === "" ? "Write it behind --" : `It is not ${JSON.stringify(name)}`}: one of ${names.join(", ")}.`,
    );
  }
  const command = (await loadCommand(name)).name(`simvlm ${name}`);
  settle(command, tellLines); // its help, too, is none of this command's output
  const parsed = parseWords(command, rest);
  // What is read here is not done.
  command.action(() => {});
  await command.parseAsync(parsed, { from: "user" });
  return { name, options: command.opts(), arguments: command.args, parts: splitOptions(command, parsed) };
}

/** A command as the program has it. */
export async function loadCommand(name: string): Promise<CommandUnknownOpts> {
  const entry = COMMAND_GROUPS.flatMap(({ commands }) => commands).find((each) => each.name === name)!;
  const command = await entry.load();
  askRequiredLast(command);
  if (entry.plugins) acceptPlugins(command);
  return command;
}

/** Which words of a command line belong to which option. It has been read before: each word is known. */
function splitOptions(command: CommandUnknownOpts, words: readonly string[]): OptionWords[] {
  const parts: OptionWords[] = [];
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, flag] = /^(--[^=]+|-\w)/s.exec(word) ?? [];
    const option = command.options.find(({ long, short }) => flag !== undefined && (long === flag || short === flag));
    const takes = option !== undefined && (option.required || option.optional) && word === flag && rest.length > 0;
    const own = takes ? [word, rest.shift()!] : [word];
    const [, what] = /[<[]([^>\]]+)[>\]]/.exec(option?.flags ?? "") ?? [];
    const text = takes ? own[1]! : word.slice((flag ?? "").length + 1);
    parts.push({
      option: option?.long?.replace(/^--/, ""),
      words: own,
      value: what === undefined ? undefined : { what, text },
    });
  }
  return parts;
}
