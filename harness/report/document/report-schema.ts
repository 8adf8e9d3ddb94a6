import { z } from "zod";
import { TRIAL_MEASURES } from "../../attention/faithfulness/summary.js";
import { WORD_MAPS } from "../../attention/word-maps.js";
import { ExplainedSchema } from "../../compare/explanation-schema.js";
import { isShallow } from "../../files/schema.js";
import { ManifestSchema } from "../../runs/manifest.js";
import { OutcomeLine } from "../../tasks/prediction.js";
import { isBeside } from "../picture-address.js";
import { ComparisonSchema } from "./comparison-schema.js";
import { EmbeddedFileSchema } from "./embedded-file.js";

const Picture = z
  .string()
  .refine(
    (text) => /^data:image\/(?:jpeg|png);base64,[A-Za-z0-9+/=]*$/.test(text) || isBeside(text),
    "expected a picture's address, of data: or in a folder beside",
  );

/** Of which nothing follows but what is shown: no room for whole sentences. */
const Code = z.looseObject({
  version: z.string().regex(/^\d+\.\d+\.\d+[\w.+-]{0,40}$/, "expected a version"),
  commit: z
    .string()
    .regex(/^[0-9a-f]{7,64}$/, "expected a commit")
    .optional(),
  dirty: z.boolean().optional(),
});

/** A link to it leads to this file, whatever its name is. */
const TryPageSchema = z.looseObject({
  file: z.string().regex(/^[^/\\\0]{1,255}\.html?$/i, "expected the name of a page"),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "expected a SHA-256"),
});

/** Characters in which a plug-in's model is described. */
const MOST_TOLD = 200;

/** More examples than any test set has. */
const MOST_SHOWN = 1_000_000;

/** More ways to slice than anybody looks at: a report from somewhere must not keep the machine busy for days. */
const MOST_SLICINGS = 200;

const SlicedSchema = z
  .looseObject({
    by: z.array(z.string()).max(MOST_SLICINGS).optional(),
    tables: z
      .array(
        z.looseObject({
          name: z.string(),
          ids: z.array(z.string()),
          columns: z.record(z.string(), z.array(z.string())),
        }),
      )
      .max(MOST_SLICINGS)
      .optional(),
  })
  .refine(
    ({ tables = [] }) => tables.every(({ columns }) => Object.keys(columns).length <= MOST_SLICINGS),
    "expected fewer columns",
  )
  .refine(
    ({ tables = [] }) =>
      tables.every(({ ids, columns }) => Object.values(columns).every(({ length }) => length === ids.length)),
    "expected a cell of each id",
  );

const FaithfulnessSchema = z.looseObject({
  run: z.string(),
  pictures: z.int().min(1).max(MOST_SHOWN),
  words: z.int().min(1),
  maps: z
    .array(
      z.looseObject({
        map: z.enum([...WORD_MAPS, "random"]),
        measures: z.array(
          z.looseObject({
            measure: z.enum(TRIAL_MEASURES),
            score: z.number(),
            low: z.number(),
            high: z.number(),
            verdict: z.enum(["better", "worse"]).optional(),
          }),
        ),
      }),
    )
    .max(WORD_MAPS.length + 1),
});

/**
 * What a report's data must be like to be looked at, drawn and scored again. Fields that it does not name are those of
 * another version: they are kept, and nothing is done with them.
 */
export const ReportSchema = z
  .looseObject({
    format: z.literal(1),
    title: z.string(),
    code: Code,
    comparison: ComparisonSchema,
    shown: z.int().min(0).max(MOST_SHOWN),
    runs: z
      .array(
        z.looseObject({
          label: z.string(),
          name: z.string(),
          who: z.string().max(MOST_TOLD).optional(),
          manifest: ManifestSchema,
          outcomes: z.array(OutcomeLine),
          scores: z.looseObject({ signatures: z.record(z.string(), z.string()) }).optional(),
          tryPage: TryPageSchema.optional(),
        }),
      )
      .min(1),
    examples: z
      .looseObject({ score: z.string(), ids: z.array(z.string()), values: z.array(z.array(z.number())) })
      .refine(({ ids, values }) => values.every(({ length }) => length === ids.length), "expected a score of each id")
      .optional(),
    data: z.looseObject({
      folder: z.string(),
      images: z.string(),
      files: z.array(z.strictObject(EmbeddedFileSchema.shape)),
    }),
    scoring: z.string().optional(),
    sliced: SlicedSchema.optional(),
    listing: z
      .looseObject({
        images: z.array(z.array(z.string())),
        asked: z.array(z.string().nullable()).optional(),
        kinds: z.record(z.string(), z.array(z.string().nullable())),
      })
      .optional(),
    thumbnails: z.int().min(1).max(MOST_SHOWN).optional(),
    withheld: z.literal(true).optional(),
    explanations: z.array(ExplainedSchema).optional(),
    extremes: z.array(
      z.looseObject({
        id: z.string(),
        images: z.array(z.string()),
        asked: z.string().optional(),
        reference: z.string().optional(),
        prediction: z.string(),
        value: z.number(),
      }),
    ),
    pictures: z.record(z.string(), Picture),
    withoutPictures: z.literal(true).optional(),
    attention: z.looseObject({
      figures: z.array(
        z.looseObject({
          id: z.string(),
          why: z.string(),
          runs: z.array(z.string()).min(1).max(2),
          sha256: z.string(),
        }),
      ),
      remarks: z.array(z.string()),
      faithfulness: z.array(FaithfulnessSchema).optional(),
    }),
    remarks: z.array(z.string()),
  })
  .refine((data) => isShallow(data), "expected data that are nested less deeply")
  .refine(({ runs, comparison }) => runs.length === comparison.runs.length, "expected the runs of the comparison")
  .refine(
    ({ runs, examples }) => !examples || examples.values.length === runs.length,
    "expected scores of the examples for each run",
  )
  .describe("the data of a report");
