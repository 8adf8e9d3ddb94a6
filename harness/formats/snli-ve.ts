import { z } from "zod";
import { fileInside } from "../files/inside.js";
import { readJsonLines } from "../files/json.js";
import { readFirstLine } from "../files/json-stream.js";
import { readText } from "../files/text.js";
import type { ImageOptions } from "./captions.js";
import type { FormatDescription } from "./format.js";
import { checkExamples, Id } from "./ids.js";

/** How a hypothesis may stand to its premise. */
export const SNLI_VE_LABELS = ["entailment", "neutral", "contradiction"] as const;
/** One of {@link SNLI_VE_LABELS}. */
export type SnliVeLabel = (typeof SNLI_VE_LABELS)[number];

/** A hypothesis about an image. */
export interface SnliVeExample {
  /** The pair's id, `2248275918.jpg#2r1c`. */
  id: string;
  /** The image file, below the image folder if that was given. */
  file?: string;
  /** Where the image lies in the data file itself, as Parquet may hold it. */
  inside?: string;
  /** The caption that stood for the image when the pair was written; e-SNLI-VE leaves it out. */
  premise?: string | undefined;
  hypothesis: string;
  label: SnliVeLabel;
}

/** All pairs of a file. */
export interface SnliVeSet {
  examples: SnliVeExample[];
  /** The ids of pairs on which the annotators did not agree (`-`): not examples, though a system may answer them. */
  unlabelled: string[];
}

const GoldLabel = z.enum([...SNLI_VE_LABELS, "-"]);

const SnliVeLine = z
  .object({
    pairID: z.string(),
    gold_label: GoldLabel,
    sentence1: z.string().optional(),
    sentence2: z.string(),
    Flickr30K_ID: Id.optional(),
    Flickr30kID: Id.optional(),
  })
  .transform(({ Flickr30K_ID, Flickr30kID, sentence1, sentence2, ...line }, context) => {
    const image = Flickr30K_ID ?? Flickr30kID;
    if (image === undefined) {
      context.addIssue({ code: "custom", path: ["Flickr30K_ID"], message: "expected an image id" });
      return z.NEVER;
    }
    return { ...line, image: String(image), premise: sentence1, hypothesis: sentence2 };
  })
  .describe("SNLI-VE JSON lines: {pairID, gold_label, sentence1, sentence2, Flickr30K_ID}");

const EsnliVeRow = z
  .object({ pairID: z.string(), gold_label: GoldLabel, hypothesis: z.string(), Flickr30kID: z.string() })
  .transform(({ Flickr30kID, ...row }) => ({ ...row, image: Flickr30kID, premise: undefined }))
  .describe("e-SNLI-VE csv with the columns pairID, Flickr30kID, hypothesis, gold_label");

type Row = z.output<typeof SnliVeLine> | z.output<typeof EsnliVeRow>;

/** See {@link FormatDescription}. */
export const SNLI_VE_FORMAT: FormatDescription = {
  name: "SNLI-VE",
  task: "snli-ve",
  recognisedBy: "JSON lines with `pairID` and `gold_label`",
  example: '{"pairID": "4564320256.jpg#2r1c", "gold_label": "neutral", "sentence2": "…", "Flickr30K_ID": "4564320256"}',
  isOfficial: true,
};

/** See {@link FormatDescription}. */
export const ESNLI_VE_FORMAT: FormatDescription = {
  name: "e-SNLI-VE",
  task: "snli-ve",
  recognisedBy: "comma-separated lines with the columns `pairID`, `Flickr30kID`, `hypothesis` and `gold_label`",
  example: "pairID,Flickr30kID,hypothesis,gold_label",
  isOfficial: true,
};

/**
 * SNLI-VE: JSON lines, `snli_ve_dev.jsonl` and its like, or e-SNLI-VE's csv, `esnlive_dev.csv` and its like, which is
 * told by its first line.
 *
 * @throws SimvlmError what {@link readJsonLines} or {@link parseCsv} throws, `unsafe-path`, `empty-file`, `duplicate-id`
 */
export async function readSnliVe(path: string, options: ImageOptions = {}): Promise<SnliVeSet> {
  if ((await readFirstLine(path))?.startsWith("{") !== false)
    return toSet(await readJsonLines(path, SnliVeLine), path, options);
  const { parseCsv } = await import("../files/csv.js"); // its library is loaded only where it is needed
  return toSet(parseCsv(await readText(path), path, EsnliVeRow), path, options);
}

function toSet(rows: readonly Row[], path: string, { imageRoot }: ImageOptions): SnliVeSet {
  const set: SnliVeSet = { examples: [], unlabelled: [] };
  for (const { pairID: id, gold_label: label, image, premise, hypothesis } of rows) {
    if (label === "-") {
      set.unlabelled.push(id);
    } else {
      const file = fileInside(imageRoot, `${image.replace(/\.jpg$/, "")}.jpg`, `${path}: pair ${id}`);
      set.examples.push({ id, file, premise, hypothesis, label });
    }
  }
  checkExamples(set.examples, path);
  return set;
}
