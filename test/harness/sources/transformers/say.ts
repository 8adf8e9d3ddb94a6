import { cpSync } from "node:fs";
import { join } from "node:path";
import { openTransformersModel } from "../../../../harness/sources/transformers/model.js";
import { beach } from "../../../broken-folders.js";
import type { Scratch } from "../../cli/run-cli.js";

/** Makes copies of folders, changed. */
export function createCopier(
  scratch: Scratch,
): (folder: string, change: (at: (name: string) => string) => void) => string {
  let copies = 0;
  return (folder, change) => {
    const copy = scratch.at(`copy-${++copies}`);
    cpSync(folder, copy, { recursive: true });
    change((name) => join(copy, name));
    return copy;
  };
}

/** What a folder's model says of a picture of a beach. */
export async function say(folder: string, text = ""): Promise<string> {
  const model = await openTransformersModel(folder);
  const [picture] = await model.pixels.load([beach]);
  if (!picture?.ok) throw picture?.error;
  return (await model.say(picture.image, text, { method: "greedy", minLength: 0, maxLength: 9 }, 1)).text;
}
