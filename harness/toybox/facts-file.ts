import { z } from "zod";
import { readJsonLines } from "../files/json.js";
import { type Facts, NOUN_NAMES, SAID_RELATIONS } from "./world/facts.js";
import { BACKGROUNDS, COLORS, SIZES } from "./world/kinds.js";

const FactsLine = z
  .object({
    image_id: z.union([z.int(), z.string()]),
    facts: z.object({
      things: z.array(
        z.object({
          noun: z.enum(NOUN_NAMES),
          color: z.enum(COLORS).optional(),
          size: z.enum(SIZES).optional(),
          count: z.int().optional(),
        }),
      ),
      relations: z.array(z.object({ name: z.enum(SAID_RELATIONS), subject: z.int(), object: z.int() })),
      background: z.enum(BACKGROUNDS).optional(),
    }),
  })
  .describe('facts of Toybox images: {"image_id", "facts": {"things", "relations", "background"}}');

/**
 * Reads what is to be seen in each image from a `*-facts.jsonl` file.
 *
 * @returns the facts by the id that the caption readers give the image
 * @throws SimvlmError what `readJsonLines` throws
 */
export async function readFacts(path: string): Promise<Map<string, Facts>> {
  const lines = await readJsonLines(path, FactsLine);
  return new Map(lines.map(({ image_id, facts }) => [String(image_id), facts]));
}
