import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";

const ABSOLUTE = /^(?:[/\\]|[A-Za-z]:)/;
const UPWARDS = /(?:^|[/\\])\.\.(?:[/\\]|$)/;

/** Whether a name leads to a file of the folder that it is relative to, or of a folder below. */
export function staysInside(name: string): boolean {
  return name !== "" && !name.includes("\0") && !ABSOLUTE.test(name) && !UPWARDS.test(name);
}

/**
 * Where a file is that a data file names. The name is not trusted: it may lie in folders below `root`, never elsewhere.
 *
 * @param root the folder the name is relative to; without one the name itself is returned, checked all the same
 * @param where what named it, for the message
 * @param folder what `root` is, for the message
 * @throws SimvlmError `unsafe-path`
 */
export function fileInside(root: string | undefined, name: string, where: string, folder = "the image folder"): string {
  if (!staysInside(name)) {
    throw new SimvlmError(
      "unsafe-path",
      `${where}: the file name ${JSON.stringify(name)} would lie outside ${folder}. ` +
        "Names must be relative to it and have no `..`.",
    );
  }
  return root === undefined ? name : join(root, name);
}
