import { parsePythonJson } from "../files/python-json.js";
import { readShortText } from "../files/text.js";
import { readFrame } from "./frame.js";

/** A record with what tells which it is, for messages. */
export interface DocumentRow {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly place: string;
  /** What the document calls it; absent where it only counts its records. */
  readonly key?: string;
}

/** Fields that show that a record is an example of some data set. */
export const EXAMPLE_FIELDS = ["question", "caption", "captions", "sentences", "hypothesis", "sentence", "translation"];
/** What captions are called where an object gives them for each picture. */
const BY_ID = { id: "image_id", captions: "captions" } as const;
/** An id in an object of captions: a number, or the name of a picture. */
const PICTURE_ID = /^\d{1,15}$|\.(?:jpe?g|png|webp)$/i;

/**
 * The records of JSON that shows its form only as a whole: a table of pandas, or captions by the ids of their pictures.
 * @returns undefined for any other, and for what is longer than a text in memory
 * @throws SimvlmError what `readShortText` throws
 */
export async function readWholeDocument(path: string): Promise<DocumentRow[] | undefined> {
  const text = await readShortText(path);
  let document: unknown;
  try {
    document = parsePythonJson(text ?? "");
  } catch {
    return undefined; // no JSON, which its reader tells
  }
  const isNamed = (names: readonly string[]) => names.some((name) => EXAMPLE_FIELDS.includes(name));
  const frame = readFrame(document, isNamed, [BY_ID.id, "caption"]);
  if (frame) {
    return frame.rows.map(({ fields, label }, i) => ({
      fields,
      place: `row ${i}`,
      ...(label !== undefined && { key: label }),
    }));
  }
  return readCaptionsById(document);
}

/** `{"42": ["a dog", "a brown dog"]}`, and as pycocoevalcap has it: `{"42": [{"caption": "a dog"}]}`. */
function readCaptionsById(document: unknown): DocumentRow[] | undefined {
  if (typeof document !== "object" || document === null || Array.isArray(document)) return undefined;
  const entries = Object.entries(document);
  if (entries.length === 0 || !entries.every(([id, value]) => isPictureId(id) && areCaptions(value))) return undefined;
  return entries.map(([id, value]) => ({
    fields: { [BY_ID.id]: id, [BY_ID.captions]: value },
    place: JSON.stringify(id),
    key: id,
  }));
}

/** Whether a field is called as a picture is. */
export function isPictureId(name: string): boolean {
  return PICTURE_ID.test(name);
}

function areCaptions(value: unknown): boolean {
  if (typeof value === "string") return true;
  return Array.isArray(value) && value.every((item) => typeof item === "string" || hasCaption(item));
}

function hasCaption(item: unknown): boolean {
  return typeof item === "object" && item !== null && "caption" in item && typeof item.caption === "string";
}
