import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { tellLines } from "../terminal/streams.js";
import { formatHelp, wrapNotes } from "./help-text.js";

/** What holds for every command: errors are thrown, and what is printed, words of the command line too, is harmless. */
export function settle(command: CommandUnknownOpts, onHelp: (text: string) => void): void {
  command.exitOverride().showHelpAfterError("(--help shows how to use it)");
  command.configureHelp(formatHelp);
  command.configureOutput({
    writeOut: (text) => onHelp(wrapNotes(text)),
    writeErr: (text) => tellLines(text.replace(/\n$/, "")),
  });
  for (const child of command.commands) settle(child, onHelp);
}
