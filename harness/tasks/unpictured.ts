import { findPictureFault } from "../images/image-source.js";
import { inParallel } from "../in-parallel.js";
import type { ReferenceSet, Truth } from "./task.js";

/** Picture files whose kind is looked at at the same time. */
const AT_ONCE = 16;

/** Data without the examples whose pictures cannot be looked at. */
export interface PicturedSet extends ReferenceSet {
  /** What was left out, and why. */
  readonly faults: readonly { readonly id: string; readonly reason: string }[];
}

/**
 * Takes out the examples whose picture is not there, is none by its first bytes, or is named nowhere. Where that is all of
 * them, nothing is taken out: whoever looks at the pictures then says what is wrong.
 */
export async function leaveUnpictured(data: ReferenceSet): Promise<PicturedSet> {
  const reasons = await inParallel(AT_ONCE, data.examples, findReason);
  const faults = data.examples.flatMap(({ id }, i) => (reasons[i] === undefined ? [] : [{ id, reason: reasons[i] }]));
  if (faults.length === data.examples.length) return { ...data, faults: [] };
  return {
    ...data,
    examples: data.examples.filter((_, i) => reasons[i] === undefined),
    unpictured: faults.map(({ id }) => id),
    faults,
  };
}

async function findReason({ pictures = [] }: Truth): Promise<string | undefined> {
  if (pictures.length === 0) return "the references name no picture";
  const faults = await Promise.all(pictures.map(findPictureFault));
  return faults.find((fault) => fault)?.message;
}
