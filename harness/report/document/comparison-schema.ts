import { z } from "zod";
import { PriceSchema } from "../../tasks/usage.js";

/** A report from somewhere must not keep the machine busy for days. */
const MOST_RESAMPLES = 1_000_000;

const Score = z.looseObject({
  run: z.string(),
  subset: z.string(),
  examples: z.int(),
  score: z.string(),
  value: z.number(),
  low: z.number(),
  high: z.number(),
});

const Difference = Score.extend({
  against: z.string(),
  againstValue: z.number(),
  difference: z.number(),
  pBootstrap: z.number(),
  pPermutation: z.number(),
  holm: z.record(z.string(), z.number()).optional(),
});

const ABOUT_FACTS = { fact: z.string() };

const OF_SLICING = { slicing: z.string() };

const Slices = z.looseObject({
  by: z.array(
    z.looseObject({
      slicing: z.string(),
      about: z.string(),
      slices: z.array(z.looseObject({ name: z.string(), examples: z.int() })),
      without: z.int(),
    }),
  ),
  scores: z.array(Score.extend(OF_SLICING)),
  differences: z.array(Difference.extend(OF_SLICING)),
});

const Example = z.looseObject({
  id: z.string(),
  subset: z.string().optional(),
  images: z.array(z.string()),
  asked: z.string().optional(),
  reference: z.string().optional(),
  prediction: z.string(),
  againstPrediction: z.string(),
  value: z.number(),
  againstValue: z.number(),
  difference: z.number(),
});

const WinsAndLosses = z.looseObject({
  run: z.string(),
  against: z.string(),
  score: z.string(),
  counts: z.looseObject({ wins: z.int(), losses: z.int(), ties: z.int() }),
  wins: z.array(Example),
  losses: z.array(Example),
});

const Figure = z.looseObject({
  value: z.number(),
  unverified: z.literal(true).optional(),
  measuredOn: z.string().optional(),
});

const Paper = z
  .looseObject({
    id: z.string(),
    title: z.string(),
    remarks: z.array(z.string()),
    columns: z.array(z.looseObject({ name: z.string(), measuredOn: z.string(), metric: z.string() })),
    rows: z.array(z.looseObject({ model: z.string(), figures: z.array(Figure.nullable()) })),
    ours: z.array(z.looseObject({ run: z.string(), values: z.array(z.number().nullable()) })),
  })
  .refine(
    ({ columns, rows, ours }) =>
      rows.every(({ figures }) => figures.length === columns.length) &&
      ours.every(({ values }) => values.length === columns.length),
    "expected a figure for each column",
  );

/** What a comparison must be like to be shown; see `RunComparison`. */
export const ComparisonSchema = z
  .looseObject({
    format: z.literal(1),
    task: z.string(),
    data: z.looseObject({ folder: z.string(), split: z.string(), examples: z.int(), missing: z.int() }),
    runs: z.array(z.looseObject({ label: z.string(), folder: z.string(), price: PriceSchema.optional() })).min(1),
    resampling: z.strictObject({
      resamples: z.int().min(1).max(MOST_RESAMPLES),
      confidence: z.number().gt(0).lt(1),
      seed: z.int(),
    }),
    bootstrapTest: z.literal("percentile").optional(),
    correction: z.literal("holm").optional(),
    scores: z.array(Score),
    differences: z.array(Difference),
    facts: z
      .looseObject({
        scores: z.array(Score.extend(ABOUT_FACTS)),
        differences: z.array(Difference.extend(ABOUT_FACTS)),
      })
      .optional(),
    slices: Slices.optional(),
    changes: z
      .array(
        z.looseObject({
          run: z.string(),
          against: z.string(),
          examples: z.int(),
          differing: z.int(),
          share: z.number(),
          low: z.number(),
          high: z.number(),
        }),
      )
      .optional(),
    winsAndLosses: z.array(WinsAndLosses),
    paper: z.array(Paper),
    signatures: z.record(z.string(), z.string()),
    paraphrases: z.literal(false).optional(),
    warnings: z.array(z.string()).optional(),
    notes: z.array(z.string()),
  })
  .describe("a comparison of runs");
