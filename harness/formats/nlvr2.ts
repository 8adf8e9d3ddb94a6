import { z } from "zod";
import { fileInside } from "../files/inside.js";
import { readJsonLines } from "../files/json.js";
import type { ImageOptions } from "./captions.js";
import type { FormatDescription } from "./format.js";
import { checkExamples } from "./ids.js";

/** A statement about two images. */
export interface Nlvr2Example {
  /** `split-set-pair-sentence`, the identifier. */
  id: string;
  sentence: string;
  /** The left and the right image file, below the image folder if that was given. */
  images: [string, string];
  label: boolean;
  /**
   * `split-set-sentence`: the same for all pairs of one set that one sentence was written for. Consistency is the
   * share of these groups that are right throughout. Two sets may have the same sentence and are still two groups.
   */
  sentenceGroup: string;
  /** Whether the images lie in the data file itself, as Parquet may hold them. */
  isInside?: boolean;
}

/** `True` and `False` as Python prints them, in any case, or JSON's own. */
export const TrueFalse = z
  .union(
    [
      z.boolean(),
      z
        .string()
        .toLowerCase()
        .pipe(z.enum(["true", "false"])),
    ],
    "expected True or False",
  )
  .transform((value) => value === true || value === "true");

const Nlvr2Line = z
  .object({
    identifier: z.string().regex(/^\w+-\w+-\w+-\w+$/, "expected split-set-pair-sentence"),
    sentence: z.string(),
    label: TrueFalse,
  })
  .describe('NLVR2 JSON lines: {"identifier", "sentence", "label": "True" or "False"}');

/** See {@link FormatDescription}. */
export const NLVR2_FORMAT: FormatDescription = {
  name: "NLVR2",
  task: "nlvr2",
  recognisedBy: "JSON lines with `identifier` and `sentence`",
  example: '{"identifier": "dev-850-0-0", "sentence": "There is a dog.", "label": "True"}',
  isOfficial: true,
};

/**
 * NLVR2, `dev.json` and its like (JSON lines, whatever the name says).
 *
 * @throws SimvlmError what {@link readJsonLines} throws, `empty-file`, `duplicate-id`
 */
export async function readNlvr2(path: string, options: ImageOptions = {}): Promise<Nlvr2Example[]> {
  const lines = await readJsonLines(path, Nlvr2Line);
  const examples = lines.map(({ identifier, sentence, label }): Nlvr2Example => {
    const [split, set, pair, sentenceNumber] = identifier.split("-");
    const image = (side: 0 | 1) => fileInside(options.imageRoot, `${split}-${set}-${pair}-img${side}.png`, path);
    return {
      id: identifier,
      sentence,
      images: [image(0), image(1)],
      label,
      sentenceGroup: `${split}-${set}-${sentenceNumber}`,
    };
  });
  return checkExamples(examples, path);
}
