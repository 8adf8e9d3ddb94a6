import { Help, type HelpConfiguration } from "@commander-js/extra-typings";

/** What commander wraps to where it writes to no terminal. */
const USUAL_WIDTH = 80;

/** Defaults that say nothing: what is off, or empty, unless it is asked for. */
const NOTHING = / ?\(default: (?:false|\[\])\)/;

/** How options and commands are described. */
export const formatHelp: HelpConfiguration = {
  subcommandDescription: (command) =>
    command.summary() ||
    command
      .description()
      .replace(/^./, (letter) => letter.toLowerCase())
      .replace(/\.$/, ""),
  styleOptionDescription: (text) => text.replace(NOTHING, ""),
};

/**
 * Wraps the paragraphs of a help text to the terminal's width. Examples, and lines that are columns, stay as they are.
 * @param width in letters
 */
export function wrapNotes(text: string, width = process.stdout.columns ?? USUAL_WIDTH): string {
  const help = new Help();
  const wrap = (paragraph: string, indent: string): string =>
    help.boxWrap(paragraph, width - indent.length).replace(/^/gm, indent);
  return text
    .replace(/(?<=^|\n)\S.*(?:\n\S.*)*/g, (lines) => wrap(lines.replaceAll("\n", " "), ""))
    .replace(/^( +)([^\s$-](?:(?! {2}).)*)$/gm, (line, indent: string, rest: string) =>
      line.length > width ? wrap(rest, indent) : line,
    );
}
