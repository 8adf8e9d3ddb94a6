import { readLines } from "../files/lines.js";
import { type DataFormat, type ReadOptions, recognizeFormat } from "./data-format.js";
import { type FileShape, hasAnyField, readShape } from "./file-shape.js";
import type { FormatDescription } from "./format.js";
import { checkExamples } from "./ids.js";
import { MULTI30K_FORMAT } from "./multi30k.js";
import type { Recognized } from "./read-captions.js";
import { firstField, idOf, pictureOf, requireText } from "./row-fields.js";
import type { Row } from "./rows.js";
import { readSplitRows } from "./split-rows.js";

/** A sentence in German, and what it is the translation of where that is known. */
export interface TranslationPair {
  readonly id: string;
  readonly source?: string;
  readonly target: string;
  /** The picture, as the data name it. */
  readonly file?: string | undefined;
  readonly inside?: string | undefined;
}

const SOURCES = ["en", "english", "source", "src", "source_text"];
const TARGETS = ["de", "german", "target", "tgt", "trg", "target_text", "reference", "ref"];
/** The field of the Hugging Face hub that has both, by language; or a translation alone. */
const BOTH = "translation";

const holdsPairs = (shape: FileShape) => hasAnyField(shape, [...TARGETS, BOTH]);

/** The formats that sentences and their translations are read in, in one file. */
export const TRANSLATION_FORMATS: readonly DataFormat<TranslationPair>[] = [
  {
    name: "translations in Parquet",
    task: "translate",
    recognisedBy: "Parquet with `translation` by language, or `en` and `de`",
    example: "translation {en, de}: data/test-00000-of-00001.parquet",
    matches: (shape) => shape.kind === "parquet" && holdsPairs(shape),
    read: readPairs,
  },
  {
    name: "a table of translations",
    task: "translate",
    recognisedBy: "a first line that names columns: `en` and `de`, or `source` and `target`",
    example: "en\tde",
    matches: (shape) => shape.kind === "table" && holdsPairs(shape),
    read: readPairs,
  },
  {
    name: "a list of translations",
    task: "translate",
    recognisedBy:
      "JSON records with `translation` by language, as the Hugging Face hub has them, `en` and `de`, or `source` and `target`",
    example: '{"translation": {"en": "A man reads.", "de": "Ein Mann liest."}}',
    matches: holdsPairs,
    read: readPairs,
  },
];

/**
 * German sentences, with what they translate where the file has that: any of {@link TRANSLATION_FORMATS}, or plain text.
 * @throws SimvlmError `unknown-format`, and what is wrong with the file
 */
export async function readTranslations(
  paths: readonly string[],
  options: ReadOptions = {},
): Promise<Recognized<TranslationPair> & { readonly format: FormatDescription }> {
  const shapes = await Promise.all(paths.map(readShape));
  if (isPlainText(shapes[0]!) && !holdsPairs(shapes[0]!)) {
    const lines = await readLines(paths[0]!);
    const examples = lines.map((target, i) => ({ id: String(i + 1), target }));
    return { examples: checkExamples(examples, paths[0]!), format: MULTI30K_FORMAT };
  }
  const format = await recognizeFormat(TRANSLATION_FORMATS, shapes[0]!, "translations");
  return { examples: await format.read(shapes, options), format };
}

/** Whether a file holds sentences as they are, which may look like a table's first line, or begin with a bracket. */
export function isPlainText({ kind, fault }: FileShape): boolean {
  return kind === "text" || kind === "table" || fault !== undefined;
}

/** Without ids, pairs are called by their numbers, from 1 as lines are. */
async function readPairs(shapes: readonly FileShape[], options: ReadOptions): Promise<TranslationPair[]> {
  const pairs: TranslationPair[] = [];
  for await (const row of readSplitRows(shapes, options)) {
    const texts = byLanguage(row);
    const { name, place } = pictureOf(row);
    const source = firstField(texts, SOURCES);
    pairs.push({
      id: idOf(row, ["id"]) ?? row.key ?? String(pairs.length + 1),
      ...(source && { source: requireText(texts, SOURCES) }),
      target: requireText(texts, [...TARGETS, BOTH]),
      ...(place === undefined ? name !== undefined && { file: name } : { inside: place }),
    });
  }
  return checkExamples(pairs, shapes.map(({ path }) => path).join(", "));
}

/** The fields of `translation`, where it has the texts by language. */
function byLanguage(row: Row): Row {
  const both = row.fields[BOTH];
  return typeof both === "object" && both !== null ? { ...row, fields: { ...both } } : row;
}
