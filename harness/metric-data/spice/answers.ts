import { SPICE_CATEGORIES, type SpiceJudgement } from "@simvlm/metrics";
import { z } from "zod";

const Tuples = z
  .array(z.object({ tuple: z.array(z.string()), truth_value: z.boolean() }))
  .transform((tuples) => tuples.map(({ tuple, truth_value }) => [tuple, truth_value] as const));

const Score = z.object({ tp: z.int(), fp: z.int(), fn: z.int(), f: z.number().nullable() });

/** What SPICE's program writes of the images that it was asked about. */
export const SpiceAnswers = z
  .array(
    z.object({
      image_id: z.int(),
      scores: z.record(z.enum(SPICE_CATEGORIES), Score),
      test_tuples: Tuples,
      ref_tuples: Tuples,
    }),
  )
  .describe("what SPICE's program writes");

/** One of {@link SpiceAnswers}. */
export type SpiceAnswer = z.infer<typeof SpiceAnswers>[number];

/** An answer as metrics take it. Where there is not one tuple, nothing is right. */
export function toJudgement({ scores, test_tuples, ref_tuples }: SpiceAnswer): SpiceJudgement {
  const counts = SPICE_CATEGORIES.map((name) => {
    const { tp, fp, fn } = scores[name];
    return [name, [tp, fp, fn]] as const;
  });
  return {
    f: scores.All.f ?? 0,
    counts: Object.fromEntries(counts) as SpiceJudgement["counts"],
    caption: test_tuples,
    references: ref_tuples,
  };
}
