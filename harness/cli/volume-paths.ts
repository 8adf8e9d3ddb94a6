import { posix } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { isRemote } from "../network/remote-address.js";
import type { InnerCommand, OptionWords } from "./inner-command.js";
import { isStandardOutput } from "./output.js";

/**
 * Refuses a command that reads or writes where pods have no volume, as far as its options say.
 * @param mount where the volume lies in a container, and what relative paths are seen from
 * @throws SimvlmError `bad-option`
 */
export function requireAllOnVolume({ parts }: Pick<InnerCommand, "parts">, mount: string): void {
  for (const part of parts) {
    const name = part.option === undefined ? "The argument" : `--${part.option}`;
    for (const path of listPaths(part)) requireOnVolume(name, path, mount);
  }
}

/** @throws SimvlmError `bad-option` */
export function requireOnVolume(name: string, path: string, mount: string): void {
  if (isStandardOutput(path)) return;
  const [way] = posix.relative(mount, posix.resolve(mount, path)).split("/");
  if (way !== "..") return;
  throw new SimvlmError(
    "bad-option",
    `${name} ${path} is not on the volume, which pods have at ${mount}: elsewhere they find nothing, and what they write ` +
      `is lost. Name a path below ${mount}, or say with --mount where the volume is to lie.`,
  );
}

/** What stands for paths in help; where is many of them, or addresses, and what has a bar may also be a package. */
const PATHS: Readonly<Record<string, (text: string) => readonly string[]>> = {
  folder: (text) => [text],
  file: (text) => [text],
  where: (text) => text.split("::").filter((each) => !isRemote(each)),
  "file|package": (text) => (/^[./]/.test(text) ? [text] : []),
};

function listPaths({ option, words, value }: OptionWords): readonly string[] {
  if (option === undefined) return words;
  return value === undefined ? [] : (PATHS[value.what]?.(value.text) ?? []);
}
