import type { AlignedSpan, ExplanationPart } from "@simvlm/metrics";
import { z } from "zod";

const Place = z.int().min(0);
const Span = z.looseObject({ start: Place, length: z.int().min(1) });
const title = z.string().optional();

const isWithin = ({ start, length }: AlignedSpan, words: readonly string[]) => start + length <= words.length;

const Alignment = z
  .looseObject({
    kind: z.literal("alignment"),
    title,
    prediction: z.array(z.string()),
    reference: z.array(z.string()),
    links: z.array(z.looseObject({ prediction: Span, reference: Span, by: z.string() })),
  })
  .refine(
    ({ links, prediction, reference }) =>
      links.every((link) => isWithin(link.prediction, prediction) && isWithin(link.reference, reference)),
    "expected links of words that are there",
  );

const MarkedText = z
  .looseObject({
    kind: z.literal("marked-text"),
    title,
    text: z.string(),
    marks: z.array(
      z.looseObject({
        start: Place,
        end: Place,
        verdict: z.enum(["right", "wrong", "neutral"]),
        note: z.string().optional(),
      }),
    ),
  })
  .refine(
    ({ text, marks }) =>
      marks.every(({ start, end }, i) => start <= end && end <= text.length && start >= (marks[i - 1]?.end ?? 0)),
    "expected marks in the text, one after the other",
  );

const Terms = z
  .looseObject({
    kind: z.literal("terms"),
    title,
    columns: z.array(z.string()).min(1),
    rows: z.array(z.array(z.union([z.string(), z.number()]))),
    bars: z.string().optional(),
    rest: z.string().optional(),
  })
  .refine(({ columns, rows }) => rows.every(({ length }) => length === columns.length), "expected a cell a column");

const Tuples = z.looseObject({
  kind: z.literal("tuples"),
  title,
  sides: z.array(
    z.looseObject({
      name: z.string(),
      tuples: z.array(z.looseObject({ words: z.array(z.string()), matched: z.boolean() })),
    }),
  ),
});

const Note = z.looseObject({ kind: z.literal("note"), text: z.string() });

/** What a part of an explanation must be like to be drawn; metrics come from outside, too. */
export const ExplanationPartSchema: z.ZodType<ExplanationPart> = z.discriminatedUnion("kind", [
  Alignment,
  MarkedText,
  Terms,
  Tuples,
  Note,
]) as unknown as z.ZodType<ExplanationPart>; // zod takes what may be left out for what may be undefined

/** Why an example of a run has its scores. */
export const ExplainedSchema = z.looseObject({
  run: z.string(),
  id: z.string(),
  prediction: z.string(),
  metrics: z.array(
    z.looseObject({
      metric: z.string(),
      scores: z.record(z.string(), z.number()),
      parts: z.array(ExplanationPartSchema),
    }),
  ),
});
