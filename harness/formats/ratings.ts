import { SimvlmError } from "@simvlm/metrics";
import { readLines } from "../files/lines.js";
import { describeShape, readShape } from "./file-shape.js";
import { isId } from "./ids.js";
import { listOf } from "./list-text.js";
import { layRatings, type RatingColumns, type RatingLayout } from "./rating-columns.js";
import { wrongField } from "./row-fields.js";
import { type Row, readRows } from "./rows.js";

/** A caption of a picture, and what people said of it. */
export interface RatedCaption {
  /** The picture, as the file calls it. */
  readonly image: string;
  readonly caption: string;
  /** A number for each person who rated it, more being better; none where only preferences are known. */
  readonly ratings: number[];
  /** Where the file has them itself. */
  readonly references?: readonly string[];
  /** Where it stands first, for messages. */
  readonly where: string;
}

/** What people think of captions. */
export interface Ratings {
  /** Each caption of a picture once. */
  readonly captions: readonly RatedCaption[];
  /** Which of two captions of a picture was preferred, by their places among all. */
  readonly preferences: readonly { readonly better: number; readonly worse: number }[];
  /** Captions are named by picture and number (`1000092795.jpg#2`), as Flickr8k's annotations have them. */
  readonly isByNumber: boolean;
}

/** What a file of ratings should be. */
export const RATINGS_DESCRIPTION =
  "a table or records with a picture, a caption and people's ratings (`image`, `caption`, `rating` or `rating1`, `rating2`, …), " +
  "or which of two was preferred (`image`, `caption_a`, `caption_b`, `preferred`), or Flickr8k's annotations";

/**
 * People's ratings of captions: CSV, TSV, JSON, JSON lines or Parquet, with the ratings of several people in several
 * columns, a list or several rows; Flickr8k's ExpertAnnotations.txt and CrowdFlowerAnnotations.txt.
 * @throws SimvlmError `wrong-schema`, `ambiguous-columns`, `bad-line`, `empty-file`, and what reading the file throws
 */
export async function readRatings(path: string, columns?: RatingColumns): Promise<Ratings> {
  const shape = await readShape(path);
  const collector = new Collector();
  const isByNumber = columns === undefined && isFlickrRating(shape.keys[0] ?? Object.keys(shape.record).join("\t"));
  if (isByNumber) {
    for (const [index, line] of (await readLines(path)).entries()) {
      if (line.trim() !== "") collector.takeFlickr(line, `${path}, line ${index + 1}`);
    }
  } else {
    if (shape.kind === "text") {
      throw new SimvlmError("wrong-schema", `${path} is ${describeShape(shape)}. It should be ${RATINGS_DESCRIPTION}.`);
    }
    let layout: RatingLayout | undefined;
    for await (const row of readRows(shape)) {
      layout ??= layRatings(Object.keys(row.fields), path, columns);
      collector.take(row, layout);
    }
  }
  const { captions, preferences } = collector;
  if (captions.length === 0) {
    throw new SimvlmError("empty-file", `${path} has no ratings. It should be ${RATINGS_DESCRIPTION}.`);
  }
  return { captions, preferences, isByNumber };
}

/** `1056338697_4f7d7ce270.jpg	2549968784_39bfbe44f9.jpg#2	1	1	1` */
const FLICKR_RATING = /^[^\t]+\.jpe?g\t[^\t]+#\d+(?:\t[\d.]+)+$/i;

function isFlickrRating(line: string): boolean {
  return FLICKR_RATING.test(line.trim());
}

/** What people preferred, as it is written; undefined for a tie. */
const PREFERRED: Readonly<Record<string, "a" | "b" | undefined>> = {
  ...{ a: "a", "1": "a", first: "a", left: "a" },
  ...{ b: "b", "2": "b", second: "b", right: "b" },
  ...{ "": undefined, "0": undefined, tie: undefined, equal: undefined, same: undefined, both: undefined },
};

class Collector {
  readonly captions: RatedCaption[] = [];
  readonly preferences: { better: number; worse: number }[] = [];
  readonly #places = new Map<string, number>();

  take(row: Row, layout: RatingLayout): void {
    const { where } = row;
    const { [layout.image]: image } = row.fields;
    if (!isId(image)) throw wrongField(row, layout.image, "the id or file of a picture", image);
    const references = listTexts(row, layout.references);
    const place = (field: string) => {
      const { [field]: caption } = row.fields;
      if (typeof caption !== "string") throw wrongField(row, field, "a caption", caption);
      return this.#place({ image: String(image), caption, where, ...(references.length > 0 && { references }) });
    };
    if ("preferred" in layout) {
      const [a, b] = [place(layout.captions[0]), place(layout.captions[1])];
      const { [layout.preferred]: value } = row.fields;
      const said = String(value ?? "").trim();
      const named = layout.captions.indexOf(said);
      const preferred = named >= 0 ? (["a", "b"] as const)[named] : PREFERRED[said.toLowerCase()];
      if (preferred === undefined && !Object.hasOwn(PREFERRED, said.toLowerCase())) {
        throw wrongField(row, layout.preferred, "a or b, or tie", value);
      }
      if (preferred !== undefined && a !== b) {
        this.preferences.push(preferred === "a" ? { better: a, worse: b } : { better: b, worse: a });
      }
      return;
    }
    const ratings = layout.ratings.flatMap((name) => readNumbers(row, name));
    if (ratings.length === 0) throw wrongField(row, layout.ratings[0]!, "a number", row.fields[layout.ratings[0]!]);
    this.captions[place(layout.caption)]!.ratings.push(...ratings);
  }

  takeFlickr(line: string, where: string): void {
    if (!isFlickrRating(line)) {
      throw new SimvlmError(
        "bad-line",
        `${where}: found ${JSON.stringify(line.slice(0, 60))}. A line is a picture, a caption's picture with # and its number, and ratings, with tabs between.`,
      );
    }
    const [image, caption, ...said] = line.trim().split("\t");
    const [share, yes, no, ...more] = said.map(Number) as [number, ...number[]];
    // CrowdFlower's are the share of those who say yes, and their counts
    const isCrowd = yes !== undefined && no !== undefined && more.length === 0 && isShare(share, yes, no);
    const place = this.#place({ image: image!, caption: caption!, where });
    this.captions[place]!.ratings.push(...(isCrowd ? [share] : said.map(Number)));
  }

  /** The place of a caption of a picture, a new one where it was not there. */
  #place(caption: Omit<RatedCaption, "ratings">): number {
    const key = JSON.stringify([caption.image, caption.caption]);
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    this.#places.set(key, this.captions.length);
    return this.captions.push({ ...caption, ratings: [] }) - 1;
  }
}

function isShare(share: number, yes: number, no: number): boolean {
  return yes + no > 0 && Math.abs(share - yes / (yes + no)) < 1e-3;
}

/** A number, or a list of them; nothing where a person has not rated it. */
function readNumbers(row: Row, name: string): number[] {
  const value = row.fields[name];
  const said: readonly unknown[] = Array.isArray(value) ? value : splitNumbers(value);
  return said.flatMap((one: unknown) => {
    if (one === null || one === undefined || one === "") return [];
    const number = typeof one === "number" ? one : typeof one === "string" ? Number(one) : Number.NaN;
    if (Number.isFinite(number)) return [number];
    throw wrongField(row, name, "a number", one);
  });
}

function listTexts(row: Row, names: readonly string[]): string[] {
  return names.flatMap((name) => {
    return listOf(row.fields[name]).flatMap((one) => {
      if (one === null || one === undefined || one === "") return [];
      if (typeof one === "string") return [one];
      throw wrongField(row, name, "a reference, or a list of them", one);
    });
  });
}

/** The numbers of a list that a table's cell has as a text: `[4, 5]`, or `[4 5]` as numpy prints it. */
function splitNumbers(value: unknown): readonly unknown[] {
  const inner = typeof value === "string" ? /^\s*\[(.*)\]\s*$/s.exec(value)?.[1] : undefined;
  return inner === undefined ? [value] : inner.split(/[\s,]+/);
}
