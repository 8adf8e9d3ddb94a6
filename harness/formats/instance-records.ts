import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { splitJson } from "../files/json-pieces.js";
import { openTextStream } from "../files/text-stream.js";
import { Id } from "./ids.js";

/** A category of COCO's instances; Toybox's also say what else it is called. */
export const InstanceCategory = z
  .object({ id: Id, name: z.string(), synonyms: z.array(z.string()).optional() })
  .describe("a category: {id, name}");

/** A record of one of the file's lists, not yet looked at. */
export interface InstanceRecord {
  /** The list: `images`, `annotations`, `categories`, or another; undefined where the file itself is one. */
  readonly key: string | undefined;
  readonly value: unknown;
  /** For messages. */
  readonly where: string;
}

/**
 * The records of COCO's `instances_val2017.json` and its like, one by one, since it is long.
 * @throws SimvlmError `not-json`, and what opening a file throws
 */
export async function* readInstanceRecords(path: string): AsyncGenerator<InstanceRecord> {
  const fault = (problem: string, place = "") =>
    new SimvlmError(
      "not-json",
      `${path}${place === "" ? "" : `: ${place}`}: not JSON: ${problem}. This should be COCO's instances.`,
    );
  for await (const { key, index, value } of splitJson(await openTextStream(path), fault)) {
    if (value !== undefined && index !== undefined) yield { key, value, where: `${path}: ${key}[${index}]` };
  }
}

/** @throws SimvlmError `wrong-schema` for a file without pictures or without categories */
export function requireInstances(
  path: string,
  images: { readonly size: number },
  categories: { readonly size: number },
) {
  if (images.size > 0 && categories.size > 0) return;
  throw new SimvlmError(
    "wrong-schema",
    `${path} has no ${images.size === 0 ? "images" : "categories"}: this should be COCO's instances, {images, annotations, categories}.`,
  );
}
