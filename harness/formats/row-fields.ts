import { SimvlmError } from "@simvlm/metrics";
import { isId } from "./ids.js";
import { PictureInside, type Row } from "./rows.js";

/** The first of the fields that has a value; null counts as none. */
export function firstField({ fields }: Row, names: readonly string[]): { name: string; value: unknown } | undefined {
  const name = names.find((one) => fields[one] !== undefined && fields[one] !== null);
  return name === undefined ? undefined : { name, value: fields[name] };
}

/** Names of fields that name a picture file. */
export const PICTURE_FIELDS = [
  "image",
  "file_name",
  "filename",
  "image_name",
  "image_filename",
  "image_path",
  "img_path",
  "img",
  "picture",
  "img_name",
  "imgname",
];

/** A picture, named from the folder of pictures, or one that lies in the data file. */
export interface RowPicture {
  /** As the data set names it. */
  readonly name?: string;
  /** Where it lies in the data file. */
  readonly place?: string;
}

/**
 * The picture of a record.
 * @param fields where it is named, the first that has a value counts
 */
export function pictureOf(row: Row, fields: readonly string[] = PICTURE_FIELDS): RowPicture {
  const found = firstField(row, fields)?.value;
  const named = firstField(row, fields.slice(1))?.value;
  if (found instanceof PictureInside) return { place: found.place, ...(typeof named === "string" && { name: named }) };
  const folder = row.fields.filepath; // Karpathy's: the folder beside `filename`
  if (typeof found !== "string" || found === "") return {};
  return { name: typeof folder === "string" && folder !== "" && !found.includes("/") ? `${folder}/${found}` : found };
}

/**
 * The text of a field.
 * @throws SimvlmError `wrong-schema` for anything else
 */
export function requireText(row: Row, names: readonly string[]): string {
  const found = firstField(row, names);
  if (typeof found?.value === "string") return found.value;
  throw wrongField(row, found?.name ?? names[0]!, "a text", found?.value);
}

/**
 * An id, as text.
 * @returns undefined where there is none of the fields
 * @throws SimvlmError `wrong-schema` for what can be no id
 */
export function idOf(row: Row, names: readonly string[]): string | undefined {
  const found = firstField(row, names);
  if (!found || found.value instanceof PictureInside) return undefined;
  if (isId(found.value)) return String(found.value);
  throw wrongField(row, found.name, "an id (a whole number below 2^53, or a string)", found.value);
}

/** The error for a field that is not what it should be. */
export function wrongField({ where }: Row, name: string, expected: string, found: unknown): SimvlmError {
  const what = found === undefined ? "nothing" : JSON.stringify(found)?.slice(0, 60);
  return new SimvlmError("wrong-schema", `${where}: ${name}: expected ${expected}, found ${what}.`);
}

/** A file's name without the folders before it. */
export function baseName(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}
