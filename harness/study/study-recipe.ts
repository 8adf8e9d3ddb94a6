import { RESAMPLING_DEFAULTS, SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { ABLATION_TABLE } from "../compare/published-results.js";
import { staysInside } from "../files/inside.js";
import { readJson } from "../files/json.js";
import { findPreset } from "../models/family-registry.js";
import { chooseMetrics } from "../tasks/choose-metrics.js";
import { ANSWER_KINDS, MODALITIES } from "../tasks/task.js";
import { findTask } from "../tasks/task-registry.js";
import { PRETRAINING_OBJECTIVES } from "../training/pretraining-recipe.js";
import { PRETRAINING } from "./study-cell.js";

const count = z.int().positive().max(1_000_000_000);
const share = z.number().min(0).max(1);
const rate = z.number().min(0).lt(1);
/** Folders are called after it. */
const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/, "expected a name of lower-case letters, digits and hyphens");
const place = z.string().refine(staysInside, "expected a folder below that of the data");
const title = z.string().min(1).max(200);

const Pretraining = z.strictObject({
  steps: count.exactOptional(),
  learningRate: z.number().positive().exactOptional(),
  pairs: z.int().nonnegative().max(65_536).exactOptional(),
  documents: z.int().nonnegative().max(65_536).exactOptional(),
  accumulate: count.exactOptional(),
  prefixLength: count.exactOptional(),
  suffixLength: count.exactOptional(),
  wholeSuffix: share.exactOptional(),
  longestText: count.exactOptional(),
  objective: z.enum(PRETRAINING_OBJECTIVES).exactOptional(),
  fixedPrefix: z.int().nonnegative().exactOptional(),
  pairShare: share.positive().exactOptional(),
  wrongPairs: share.exactOptional(),
  minCrop: share.positive().exactOptional(),
  clipNorm: z.number().positive().exactOptional(),
  weightDecay: share.exactOptional(),
});

const Finetuning = z.strictObject({
  data: place,
  split: z.string().default("train"),
  /** Only the first so many examples. */
  limit: count.exactOptional(),
  steps: count,
  batch: count.exactOptional(),
  learningRate: z.number().positive().exactOptional(),
  dropout: rate.exactOptional(),
  stochasticDepth: rate.exactOptional(),
  minCrop: share.positive().exactOptional(),
});

const Test = z.strictObject({
  name: name.refine((given) => given !== PRETRAINING, `expected another name than ${PRETRAINING}`),
  title: title.optional(),
  task: z.string(),
  data: place,
  split: z.string().default("test"),
  modality: z.enum(MODALITIES).optional(),
  answer: z.enum(ANSWER_KINDS).optional(),
  limit: count.optional(),
  metrics: z.array(z.string()).min(1).optional(),
  greedy: z.boolean().default(true),
  maxLength: count.optional(),
  /** Absent: zero-shot. */
  finetuning: Finetuning.optional(),
});

const Attention = z.strictObject({ data: place, split: z.string().default("test"), pictures: count });

const Variant = z.strictObject({
  name,
  title: title.optional(),
  /** The row of the paper's table of ablations that it stands beside. */
  paper: z.string().optional(),
  /** Fields of the config that are otherwise. */
  config: z.record(z.string(), z.unknown()).optional(),
  /** What of the pretraining is otherwise; false: there is none. */
  pretraining: z.union([Pretraining, z.literal(false)]).optional(),
});

const Recipe = z
  .strictObject({
    format: z.literal(1),
    title,
    preset: z.string().default("toy"),
    config: z.record(z.string(), z.unknown()).default({}),
    /** The folders of pairs and of documents. */
    pairs: place,
    documents: place.optional(),
    pretraining: Pretraining.extend({ steps: count }),
    tests: z.array(Test).min(1),
    /** The pictures that pretrained models are looked at with; absent: they are not. */
    attention: Attention.exactOptional(),
    seeds: z.array(z.int()).min(1),
    /** The first is the base, which the others are compared with. */
    variants: z.array(Variant).min(1),
    resampling: z
      .strictObject({ resamples: count.max(1_000_000), seed: z.int(), confidence: z.number().gt(0).lt(1) })
      .default({ ...RESAMPLING_DEFAULTS }),
  })
  .superRefine(({ seeds, tests, variants }, context) => {
    for (const [path, names] of [
      ["seeds", seeds],
      ["tests", tests.map((test) => test.name)],
      ["variants", variants.map((variant) => variant.name)],
    ] as const) {
      const twice = names.find((each, i) => (names as readonly unknown[]).indexOf(each) < i);
      if (twice !== undefined) context.addIssue({ code: "custom", path: [path], message: `expected ${twice} once` });
    }
    for (const [i, { paper }] of variants.entries()) {
      if (paper === undefined || ABLATION_TABLE.rows.some(({ model }) => model === paper)) continue;
      const rows = ABLATION_TABLE.rows.map(({ model }) => model).join(", ");
      context.addIssue({ code: "custom", path: ["variants", i, "paper"], message: `expected one of ${rows}` });
    }
  })
  .describe("the recipe of a study");

/** Variants of a training, each with several seeds, and what each is tested on. */
export type StudyRecipe = z.output<typeof Recipe>;
/** A variant of a study. */
export type StudyVariant = StudyRecipe["variants"][number];
/** What all variants are tested on: zero-shot, or after fine-tuning. */
export type StudyTest = StudyRecipe["tests"][number];

/** What is checked of a study's recipe that was written by {@link readStudyRecipe}'s caller. */
export const StudyRecipeSchema = Recipe;

/**
 * Reads a study's recipe.
 * @throws SimvlmError what `readJson` throws, `unknown-task`, `unknown-metric`, `unknown-preset`, `bad-recipe` for a test
 *   that no variant can be given
 */
export async function readStudyRecipe(path: string): Promise<StudyRecipe> {
  const recipe = await readJson(path, Recipe);
  findPreset(recipe.preset);
  for (const { task: named, metrics } of recipe.tests) {
    const task = findTask(named);
    if (metrics) chooseMetrics(task, metrics);
  }
  const { variants, tests } = recipe;
  if (variants[0]!.pretraining === false && tests.every(({ finetuning }) => !finetuning)) {
    throw new SimvlmError(
      "bad-recipe",
      `${path}: the base, ${variants[0]!.name}, is not pretrained, and no test fine-tunes it: there is nothing to compare with.`,
    );
  }
  return recipe;
}

/** What tables call a variant or a test. */
export function titleOf({ name, title }: Pick<StudyVariant, "name" | "title">): string {
  return title ?? name;
}

/** Whether a variant can be given a test: without any training it knows nothing. */
export function isTested({ pretraining }: StudyVariant, { finetuning }: StudyTest): boolean {
  return pretraining !== false || finetuning !== undefined;
}
