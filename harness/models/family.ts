import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { sizeOf } from "../engine/trace/graph.js";
import { Callable, findProblem, Title } from "../files/plugin-values.js";
import type { Random } from "../random.js";
import type { ClassifierHead, VisionLanguageModel } from "./vision-language-model.js";

/** Weights that belong together, such as all layers' feed-forward parts. */
export interface ModelPart {
  readonly name: string;
  readonly tensors: number;
  readonly parameters: number;
}

/** A model as `inspect` shows it. */
export interface ModelSummary {
  /** What its config.json says. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly head?: ClassifierHead | undefined;
  readonly parts: readonly ModelPart[];
  /** What else is to be known, in a few words each: `tokenizer`, `pictures`. */
  readonly facts?: Readonly<Record<string, string>>;
}

/** What a model of random weights may be made of instead of what is usual. */
export interface PresetOptions {
  /** The text of a tokenizer's file; default: the small one that comes along. */
  readonly tokenizerText?: string;
  /** Side of the picture in pixels. */
  readonly imageSize?: number | undefined;
  /** Other fields of its config that are to be otherwise, by the names that the family gives them. */
  readonly changes?: Readonly<Record<string, unknown>> | undefined;
  /** What the model is called; default the preset's name. */
  readonly source?: string;
}

/** A size that models of random weights come in. */
export interface ModelPreset {
  /** Pieces that a tokenizer trained for it has, at most. */
  readonly vocabularySize: number;
  /** Its config and its parts, without making any weights. */
  summarize(): ModelSummary;
  /**
   * Makes a model of this size with random weights, the same for the same stream.
   * @param random the stream that the weights are drawn from
   */
  create(random: Random, options?: PresetOptions): Promise<VisionLanguageModel>;
}

/**
 * A family of models: how its checkpoints are recognised and opened. It is data: whoever defines one elsewhere, with
 * another copy of this package or with none, defines the same thing.
 */
export interface FamilyDefinition {
  readonly kind: "family";
  /** What manifests call it: `simvlm`. Letters, digits and hyphens. */
  readonly name: string;
  /** What a reader sees: `SimVLM`. */
  readonly title: string;
  /** Whether a checkpoint is one of this family's, by its config.json (`model_type`, or a field that only it has). */
  recognizes(config: Readonly<Record<string, unknown>>): boolean;
  /** The files of a checkpoint's folder that answers depend on, as far as they are there: their hashes are kept. */
  readonly files: readonly string[];
  /**
   * The weights that answers depend on, by the names that they are stored under: their hash is kept, whatever files
   * they lie in. Absent: all of a model.safetensors, where that is among `files`.
   */
  weightNames?(folder: string): Promise<readonly string[]>;
  /** False where no model of the family has a classification head: its answers are always generated. Default true. */
  readonly heads?: boolean;
  /** @throws SimvlmError where the folder lacks something, or its weights are not those of its config */
  open(folder: string): Promise<VisionLanguageModel>;
  /**
   * Checks a checkpoint without reading its weights; absent: `inspect` shows the config alone.
   * @throws SimvlmError as `open`
   */
  summarize?(folder: string): Promise<ModelSummary>;
  /** A model's size in a few words, by what a manifest keeps of its config: `width 768, 12 + 12 layers`. */
  tellSize?(config: Readonly<Record<string, unknown>>): string;
  /** By name. */
  readonly presets?: Readonly<Record<string, ModelPreset>>;
}

/** A family as a definition; `kind` is filled in, nothing else happens. */
export function defineFamily(definition: Omit<FamilyDefinition, "kind">): FamilyDefinition {
  return { kind: "family", ...definition };
}

const Definition = z.strictObject({
  kind: z.literal("family"),
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "expected lower-case letters, digits and hyphens"),
  title: Title,
  recognizes: Callable,
  files: z.array(z.string().min(1)),
  weightNames: Callable.optional(),
  heads: z.boolean().optional(),
  open: Callable,
  summarize: Callable.optional(),
  tellSize: Callable.optional(),
  presets: z
    .record(z.string(), z.looseObject({ vocabularySize: z.int().positive(), summarize: Callable, create: Callable }))
    .optional(),
});

/**
 * What a plug-in gives, checked.
 * @param where the plug-in's file or package, for the message
 * @throws SimvlmError `bad-plugin` naming the field that is wrong
 */
export function checkFamily(value: unknown, where: string): FamilyDefinition {
  const found = findProblem(Definition, value);
  if (!found) return value as FamilyDefinition;
  throw new SimvlmError(
    "bad-plugin",
    `${where} does not define a family of models: ${found.place || "(the whole)"}: ${found.problem}.`,
  );
}

/** A model's parts, in the order of their first weights. @param partOf the part that a weight belongs to, by its name */
export function groupParts(
  shapes: Readonly<Record<string, readonly number[]>>,
  partOf: (weight: string) => string,
): ModelPart[] {
  const parts = new Map<string, ModelPart>();
  for (const [weight, shape] of Object.entries(shapes)) {
    const name = partOf(weight);
    const { tensors, parameters } = parts.get(name) ?? { tensors: 0, parameters: 0 };
    parts.set(name, { name, tensors: tensors + 1, parameters: parameters + sizeOf(shape) });
  }
  return [...parts.values()];
}
