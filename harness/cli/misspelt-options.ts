import type { CommandUnknownOpts } from "@commander-js/extra-typings";

/*
 * Commander suggests what a misspelt option may have meant, but not where the option is a required one, which it misses
 * first, or where its value is written in the same word.
 */

/** Has a command, and those below it, ask for required options only when everything that is on the line is known. */
export function askRequiredLast(command: CommandUnknownOpts): void {
  const required = command.options.filter(({ mandatory }) => mandatory);
  for (const option of required) option.makeOptionMandatory(false);
  command.hook("preAction", () => {
    const missing = required.find((option) => command.getOptionValue(option.attributeName()) === undefined);
    if (!missing) return;
    command.error(`error: required option '${missing.flags}' not specified`, {
      code: "commander.missingMandatoryOptionValue",
    });
  });
  for (const child of command.commands) askRequiredLast(child);
}

/** The words of a command line, `--dta=folder` as two of them where no command has an option `--dta`. */
export function parseWords(program: CommandUnknownOpts, argv: readonly string[]): string[] {
  const known = listFlags(program);
  const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
  return argv.flatMap((word, place) => {
    const [, flag, value] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
    return flag === undefined || place > end || known.has(flag) ? [word] : [flag, value!];
  });
}

function listFlags(command: CommandUnknownOpts): Set<string> {
  const own = command.options.flatMap(({ long }) => long ?? []);
  return new Set([...own, ...command.commands.flatMap((child) => [...listFlags(child)])]);
}
