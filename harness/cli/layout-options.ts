import { type Command, Option } from "@commander-js/extra-typings";
import { drawBlocks } from "../terminal/draw-table.js";
import { toLatex } from "../terminal/latex.js";
import { toMarkdown } from "../terminal/markdown.js";
import type { Block } from "../terminal/tables.js";

/** In what form tables are printed. */
export function layoutOptions(command: Command) {
  return command
    .addOption(new Option("--markdown", "print the tables as Markdown").conflicts("latex"))
    .addOption(new Option("--latex", "print the tables as LaTeX, with the rules of booktabs"));
}

/** What {@link layoutOptions} ask for. */
export interface Layout {
  readonly markdown?: true | undefined;
  readonly latex?: true | undefined;
}

/** Tables and paragraphs as they are asked for; in a terminal, in lines of `width` places. */
export function layOut(blocks: readonly Block[], { markdown, latex }: Layout, width: number): string {
  if (markdown) return toMarkdown(blocks);
  return latex ? toLatex(blocks) : drawBlocks(blocks, width);
}
