import { z } from "zod";
import { OutcomeLine } from "../../tasks/prediction.js";

const Picture = z
  .string()
  .regex(/^data:image\/(?:jpeg|png);base64,[A-Za-z0-9+/=]*$/, "expected a picture's data: address");

/** A report from somewhere must not keep the machine busy for days. */
const MOST_RESAMPLES = 1_000_000;

/** As much of a report's data as is needed to look at the rest: what the runs say is checked where it is read. */
export const ReportSchema = z
  .looseObject({
    format: z.literal(1),
    title: z.string(),
    code: z.looseObject({ version: z.string() }),
    comparison: z.looseObject({
      task: z.string(),
      data: z.looseObject({ folder: z.string(), split: z.string() }),
      runs: z.array(z.looseObject({ label: z.string(), folder: z.string() })).min(1),
      resampling: z.object({ resamples: z.int().max(MOST_RESAMPLES), confidence: z.number(), seed: z.int() }),
      scores: z.array(z.looseObject({})),
    }),
    shown: z.int().nonnegative(),
    runs: z
      .array(
        z.looseObject({
          label: z.string(),
          name: z.string(),
          manifest: z.looseObject({}),
          outcomes: z.array(OutcomeLine),
          scores: z.looseObject({}).optional(),
        }),
      )
      .min(1),
    data: z.object({
      folder: z.string(),
      images: z.string(),
      files: z.array(
        z.object({ path: z.string(), sha256: z.string(), text: z.string().optional(), gzip: z.string().optional() }),
      ),
    }),
    extremes: z.array(z.looseObject({ id: z.string() })),
    pictures: z.record(z.string(), Picture),
    attention: z.looseObject({
      figures: z.array(z.object({ id: z.string(), why: z.string(), runs: z.array(z.string()), sha256: z.string() })),
      remarks: z.array(z.string()),
    }),
    remarks: z.array(z.string()),
  })
  .describe("the data of a report");
