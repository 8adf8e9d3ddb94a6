import { SimvlmError } from "@simvlm/metrics";
import { openParquet } from "../files/parquet.js";
import { untilBroken } from "../files/until-broken.js";
import type { GeneralFormat } from "./format.js";
import { listIds } from "./ids.js";
import type { OnFault, WebPair } from "./web-pair.js";

/** The names of the columns of pictures and of texts. */
export type PairColumns = readonly [image: string, text: string];

/** See {@link GeneralFormat}. */
export const PARQUET_PAIRS_FORMAT: GeneralFormat = {
  name: "Parquet of the Hugging Face hub",
  recognisedBy: "a column of pictures' bytes, such as `image` or `jpg`, and one of texts, such as `caption` or `text`",
  example: "image {bytes, path}, caption: data/train-00000-of-00012.parquet",
};

/** As `datasets`, img2dataset and the hub's view of WebDataset call the bytes of a picture, */
const IMAGES = ["image", "img", "picture", "jpg", "jpeg", "png", "webp", "image_bytes", "bytes"];
/** what is said of it, */
const TEXTS = ["caption", "captions", "text", "texts", "txt", "sentence", "sentences", "alt_text"];
/** and where it was. */
const ADDRESSES = ["url", "image_url", "URL", "uri"];

/**
 * The pairs of a Parquet file with the pictures' bytes in a column, as the Hugging Face hub serves them; of a column of
 * lists of texts, each with the picture. Pictures that the file only names or gives the address of are never fetched.
 *
 * @param onFault called for a row without a picture or without a text, and for a file that cannot be read to its end
 * @throws SimvlmError `missing-file`, `unreadable-file`, `pictures-elsewhere`, `wrong-schema`, `ambiguous-columns`
 */
export async function* readParquetPairs(
  path: string,
  onFault: OnFault,
  columns?: PairColumns,
): AsyncGenerator<WebPair> {
  const table = await openParquet(path);
  const [image, text] = columns ?? chooseColumns(table.columns, path);
  const missing = [image, text].filter((name) => !table.columns.includes(name));
  if (missing.length > 0) {
    throw new SimvlmError("wrong-schema", `${path} has no column ${listIds(missing)}, but ${listAll(table.columns)}.`);
  }
  const rows = untilBroken(table.rows([image, text]), (count, { message }) =>
    onFault(path, `it breaks off after row ${count}: ${message}`),
  );
  for await (const [number, row] of rows) {
    const id = `${path}: row ${number}`;
    const picture = row[image];
    const bytes = readBytes(picture);
    if (!bytes && number === 1) refuseNames(picture, image, path);
    const texts = [row[text]]
      .flat()
      .flatMap((item) => (typeof item === "string" && item.trim() !== "" ? [item.trim()] : []));
    if (!bytes) onFault(id, "no picture");
    else if (texts.length === 0) onFault(id, "an image without text");
    else
      for (const [i, said] of texts.entries())
        yield { id: i === 0 ? id : `${id}, text ${i + 1}`, text: said, image: bytes };
  }
}

/** A copy: what was read is a part of many pictures' bytes. */
function readBytes(value: unknown): Buffer | undefined {
  const bytes = typeof value === "object" && value !== null && "bytes" in value ? value.bytes : value;
  return bytes instanceof Uint8Array ? Buffer.from(bytes) : undefined;
}

/** Names or addresses where the bytes of pictures should be. */
function refuseNames(value: unknown, column: string, path: string): void {
  const name = typeof value === "object" && value !== null && "path" in value ? value.path : value;
  if (typeof name === "string")
    throw elsewhere(path, `the column ${column} has names or addresses of pictures, no bytes`);
}

function chooseColumns(names: readonly string[], path: string): PairColumns {
  const images = names.filter((name) => IMAGES.includes(name));
  const texts = names.filter((name) => TEXTS.includes(name));
  const address = names.find((name) => ADDRESSES.includes(name));
  if (images.length === 0 && address !== undefined)
    throw elsewhere(path, `the column ${address} has addresses of pictures`);
  return [chooseOne(images, "pictures", IMAGES, names, path), chooseOne(texts, "texts", TEXTS, names, path)];
}

function chooseOne(
  found: readonly string[],
  what: string,
  known: readonly string[],
  names: readonly string[],
  path: string,
): string {
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first;
  if (first !== undefined) {
    throw new SimvlmError(
      "ambiguous-columns",
      `${path}: ${found.join(" and ")} could each be the ${what}. Say which: name the columns of pictures and of texts.`,
    );
  }
  throw new SimvlmError(
    "wrong-schema",
    `${path}: no column of ${what}: looked for ${known.join(", ")}, found ${listAll(names)}.`,
  );
}

function listAll(names: readonly string[]): string {
  return listIds(names, 12);
}

function elsewhere(path: string, what: string): SimvlmError {
  return new SimvlmError(
    "pictures-elsewhere",
    `${path}: ${what}; pictures are never fetched. Download them first, with img2dataset say, and name the folder of its .tar files.`,
  );
}
