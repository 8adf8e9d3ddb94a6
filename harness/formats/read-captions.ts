import { basename } from "node:path";
import { CAPTION_FIELDS, holdsCaptions, readCaptionRows } from "./caption-rows.js";
import { COCO_FORMAT, VIZWIZ_CAPTIONS_FORMAT } from "./coco.js";
import { type DataFormat, type ReadOptions, recognizeFormat } from "./data-format.js";
import { type FileShape, hasAnyField, hasFields } from "./file-shape.js";
import { FLICKR_FORMAT, isFlickr, readFlickr } from "./flickr.js";
import type { FormatDescription } from "./format.js";
import { NOCAPS_FORMAT, type NocapsExample, readNocaps } from "./nocaps.js";

const readOfficial = ([shape]: readonly FileShape[]) => readNocaps(shape!.path, { references: "optional" });
/** COCO's boxes, which lie beside its captions; of a long file the beginning shows no more than pictures. */
const holdsBoxes = ({ path, keys }: FileShape) =>
  /^(instances|person_keypoints|panoptic)[-_]/.test(basename(path)) ||
  (keys.includes("annotations") && keys.includes("categories"));
const isCoco = (shape: FileShape) =>
  shape.kind === "object" &&
  !holdsBoxes(shape) &&
  (shape.list === "annotations"
    ? hasFields(shape, "caption")
    : shape.list === "images" && !hasAnyField(shape, CAPTION_FIELDS));

/** The formats that captions are read in; the first that matches counts. */
export const CAPTION_FORMATS: readonly DataFormat<NocapsExample>[] = [
  { ...NOCAPS_FORMAT, matches: (shape) => isCoco(shape) && hasFields(shape, "open_images_id"), read: readOfficial },
  {
    ...VIZWIZ_CAPTIONS_FORMAT,
    matches: (shape) => isCoco(shape) && hasAnyField(shape, ["vizwiz_url", "is_precanned", "is_rejected"]),
    read: readOfficial,
  },
  { ...COCO_FORMAT, matches: isCoco, read: readOfficial },
  {
    name: "Karpathy's splits",
    task: "caption",
    recognisedBy: "records with `sentences` and a `split`",
    example:
      '{"images": [{"filepath": "val2014", "filename": "COCO_val2014_000000391895.jpg", "split": "test", "cocoid": 391895, "sentences": [{"raw": "A man"}]}]}',
    matches: (shape) => shape.kind !== "parquet" && hasFields(shape, "sentences"),
    read: readCaptionRows,
  },
  {
    name: "captions in Parquet",
    task: "caption",
    recognisedBy: `Parquet with a picture or an id, and a column of captions: ${CAPTION_FIELDS.slice(0, 5).join(", ")}, answer`,
    example: "image {bytes, path}, caption [text]: data/test-00000-of-00004.parquet",
    matches: (shape) => shape.kind === "parquet" && holdsCaptions(shape),
    read: readCaptionRows,
  },
  {
    name: "a table of captions",
    task: "caption",
    recognisedBy: "a first line that names columns: a picture or an id, and `caption` or `comment`",
    example: "image,caption",
    matches: (shape) => shape.kind === "table" && holdsCaptions(shape),
    read: readCaptionRows,
  },
  {
    name: "captions by the ids of their pictures",
    task: "caption",
    recognisedBy:
      "an object of texts, or of lists of them, as pycocoevalcap has it, by numbers or by the names of pictures",
    example: '{"391895": ["A man", "…"]}',
    matches: (shape) => shape.kind === "document" && hasFields(shape, "image_id", "captions"),
    read: readCaptionRows,
  },
  {
    name: "a list of captions",
    task: "caption",
    recognisedBy:
      "JSON records with `image` or an id, and `caption` or `captions`, as LAVIS has them, or a table of such that pandas wrote",
    example: '[{"image": "val2014/COCO_val2014_000000391895.jpg", "caption": ["A man", "…"]}]',
    matches: holdsCaptions,
    read: readCaptionRows,
  },
  {
    name: "a list of pictures",
    task: "caption",
    recognisedBy: "JSON records with `image` and an id, and no captions: to be captioned only",
    example: '[{"image": "val/0013ea2087020901.jpg", "img_id": 0}]',
    matches: (shape) => shape.kind !== "text" && hasFields(shape, "image") && !hasFields(shape, "question"),
    read: readCaptionRows,
  },
  {
    ...FLICKR_FORMAT,
    matches: isFlickr,
    read: ([shape]) => readFlickr(shape!.path),
  },
];

/** The examples of files, and what the files were taken for. */
export interface Recognized<Example> {
  readonly examples: Example[];
  readonly format: FormatDescription;
}

/**
 * Captions in any of {@link CAPTION_FORMATS}. Images without captions are among the examples.
 * @param shapes of the files: one, or the shards of a set
 * @throws SimvlmError `unknown-format`, and what is wrong with the files
 */
export async function readCaptions(
  shapes: readonly FileShape[],
  options: ReadOptions = {},
): Promise<Recognized<NocapsExample>> {
  const format = await recognizeFormat(CAPTION_FORMATS, shapes[0]!, "captions");
  return { examples: await format.read(shapes, options), format };
}
