import { element } from "../element.js";
import type { WordChange } from "./word-changes.js";

/** Words with what was added and removed marked: by colour, by a line and for those who listen. */
export function drawChanges(changes: readonly WordChange[]): (Node | string)[] {
  return changes.flatMap(({ kind, text }, i) => {
    const drawn = kind === "same" ? text : element(kind === "added" ? "ins" : "del", {}, text);
    return i === 0 ? [drawn] : [" ", drawn];
  });
}
