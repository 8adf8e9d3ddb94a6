import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { ACTIVATION_NAMES } from "../../layers/activation-names.js";

/*
 * The config.json of published models. Whoever wrote one left out what equals the default of its class, so what is
 * missing has that class's default; the classes differ (https://huggingface.co/docs/transformers).
 */

/** A size, with the default of its class. */
export const size = (usual: number) => z.int().positive().max(1_000_000).default(usual);
/** How many layers there are, with the default of its class; no model has a thousand. */
export const layerCount = (usual: number) => z.int().positive().max(1000).default(usual);
/** A token's id, with the default of its class. */
export const tokenId = (usual: number) =>
  z
    .int()
    .nonnegative()
    .nullish()
    .transform((id) => id ?? usual);
/** What is added to a variance. */
export const epsilon = (usual: number) => z.number().positive().default(usual);
/** An activation's name. */
export const activation = (usual: string) =>
  z
    .string()
    .refine((name) => ACTIVATION_NAMES.some((known) => known === name), {
      error: ({ input }) => `"${input}" is none of ${ACTIVATION_NAMES.join(", ")}`,
    })
    .default(usual);

/**
 * A config checked and taken apart.
 * @param where its file, for messages
 * @throws SimvlmError `bad-config` naming the field
 */
export function parseConfig<Output>(schema: z.ZodType<Output>, config: unknown, where: string): Output {
  const parsed = schema.safeParse(config);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const place = issue.path.length > 0 ? issue.path.join(".") : "the whole";
  throw new SimvlmError("bad-config", `${where}: ${place}: ${issue.message}. The config must be that of the weights.`);
}

/** @throws SimvlmError `unsupported-model` for what this house cannot run, by name */
export function refuse(where: string, what: string): never {
  throw new SimvlmError("unsupported-model", `${where}: ${what}`);
}

/** Heads must divide the width evenly. @throws SimvlmError `bad-config` */
export function requireHeads(where: string, part: string, width: number, heads: number): void {
  if (width % heads === 0) return;
  throw new SimvlmError("bad-config", `${where}: ${part}: ${heads} heads do not divide a width of ${width}.`);
}
