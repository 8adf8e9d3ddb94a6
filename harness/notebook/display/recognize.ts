import { existsSync } from "node:fs";
import { bootstrap, type Explanation, type MetricResult, type ResamplingOptions } from "@simvlm/metrics";
import type { RunComparison } from "../../compare/comparison.js";
import type { Caption } from "../../models/captioner.js";
import { explanationView } from "../../report/explanation/index.js";
import { html } from "../../report/html.js";
import { isPictureAddress } from "../../report/picture-address.js";
import { scoresByDomainView } from "../../report/plots/scores-by-domain.js";
import { stackViews } from "../../report/stack.js";
import { isRgbImage, type PictureCell, type Row } from "../../report/tables/columns.js";
import { paperView } from "../../report/tables/paper.js";
import { scoresView } from "../../report/tables/scores.js";
import { slicesView } from "../../report/tables/slices.js";
import type { Column } from "../../report/tables/table-data.js";
import { type TableOptions, tableView } from "../../report/tables/table-view.js";
import { thumbnail } from "../../report/tables/thumbnails.js";
import { comparisonThumbnails, winsAndLossesView } from "../../report/tables/wins-and-losses.js";
import type { View } from "../../report/view.js";
import { type CaptionedPicture, type Picture, picturesView } from "./pictures.js";

/**
 * How a value is shown. Each option concerns some kinds of values and is ignored for the others: those of tables go
 * with rows and predictions, those of resampling with scores.
 */
export interface ShowOptions extends TableOptions, ResamplingOptions {
  /** The picture of each prediction or row, in their order or by id. */
  readonly images?: readonly Picture[] | ReadonlyMap<string, Picture> | Readonly<Record<string, Picture>>;
  /** The most pixels that a picture's longer side may have. */
  readonly width?: number;
}

type Show = (value: unknown, options: ShowOptions) => View | Promise<View> | undefined;

/** A kind of value and how it is shown; undefined for values of other kinds. */
function kind<Value>(
  is: (value: unknown) => value is Value,
  view: (value: Value, options: ShowOptions) => View | Promise<View>,
): Show {
  return (value, options) => (is(value) ? view(value, options) : undefined);
}

function listOf<Item>(is: (value: unknown) => value is Item): (value: unknown) => value is Item[] {
  return (value): value is Item[] => Array.isArray(value) && value.length > 0 && value.every(is);
}

/** From the particular to the general: a value is shown as the first kind that it is. */
const KINDS: readonly Show[] = [
  kind(isView, (view) => view),
  kind(isComparison, comparisonView),
  kind(isExplanation, (explanation) => explanationView(explanation)),
  kind(isMetricResult, (result, options) => metricsView([result], options)),
  kind(listOf(isMetricResult), metricsView),
  kind(isDataFrame, (frame, options) => rowsView(rowsOfFrame(frame), options)),
  kind(isPicture, (picture, options) => picturesView([{ picture }], options)),
  kind(listOf(isPicture), (pictures, options) =>
    picturesView(
      pictures.map((picture) => ({ picture })),
      options,
    ),
  ),
  kind(isCaptionedPicture, (picture, options) => picturesView([picture], options)),
  kind(listOf(isCaptionedPicture), picturesView),
  kind(listOf(isCaption), captionsView),
  kind(listOf(isRow), rowsView),
  kind(isRow, recordView),
];

/**
 * The view of a value: of pictures, predictions, scores, a comparison, a DataFrame or rows; of anything else, the text
 * that Node prints.
 * @throws SimvlmError what reading pictures throws
 */
export async function viewOf(value: unknown, options: ShowOptions = {}): Promise<View> {
  for (const show of KINDS) {
    const view = show(value, options);
    if (view) return view;
  }
  const { inspect } = await import("node:util");
  const text = typeof value === "string" ? value : inspect(value, { depth: 4 });
  return { markup: html`<pre>${text}</pre>`, libraries: [], text };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isView(value: unknown): value is View {
  return isRecord(value) && isRecord(value.markup) && Array.isArray(value.libraries) && typeof value.text === "string";
}

function isComparison(value: unknown): value is RunComparison {
  return isRecord(value) && ["runs", "scores", "winsAndLosses", "paper"].every((key) => Array.isArray(value[key]));
}

const PART_KINDS: readonly unknown[] = ["alignment", "marked-text", "terms", "tuples", "note"];

function isExplanation(value: unknown): value is Explanation {
  return (
    isRecord(value) &&
    Array.isArray(value.parts) &&
    value.parts.length > 0 &&
    value.parts.every((part) => isRecord(part) && PART_KINDS.includes(part.kind))
  );
}

function isMetricResult(value: unknown): value is MetricResult {
  return isRecord(value) && isRecord(value.statistics) && typeof value.scoresFromSums === "function";
}

/** A danfojs DataFrame or Series, by its shape: the library is the notebook's own. */
interface DataFrame {
  readonly columns: readonly string[];
  readonly index: readonly (string | number)[];
  readonly values: readonly unknown[];
}

function isDataFrame(value: unknown): value is DataFrame {
  return isRecord(value) && ["columns", "index", "values"].every((key) => Array.isArray(value[key]));
}

/** With the index where it says more than the rows' places. */
function rowsOfFrame({ columns, index, values }: DataFrame): Row[] {
  const isNamed = index.some((name, i) => name !== i);
  return values.map((value, i): Row => {
    const cells = Array.isArray(value) ? (value as unknown[]) : [value];
    const row = Object.fromEntries(columns.map((name, column) => [name, missing(cells[column])]));
    return isNamed ? { "": index[i], ...row } : row;
  });
}

/** danfojs writes NaN where there is nothing. */
function missing(cell: unknown): unknown {
  return Number.isNaN(cell) ? null : cell;
}

const PICTURE_NAME = /\.(?:jpe?g|png|webp|gif|avif|tiff?)$/i;
const PICTURE_BYTES: readonly (readonly number[])[] = [
  [0xff, 0xd8, 0xff],
  [0x89, 0x50, 0x4e, 0x47],
  [0x52, 0x49, 0x46, 0x46],
  [0x47, 0x49, 0x46],
];

function isPicture(value: unknown): value is Picture {
  if (typeof value === "string") return PICTURE_NAME.test(value) && existsSync(value);
  if (value instanceof Uint8Array) return PICTURE_BYTES.some((bytes) => bytes.every((byte, i) => value[i] === byte));
  return isRgbImage(value);
}

function isCaptionedPicture(value: unknown): value is CaptionedPicture {
  return (
    isRecord(value) && isPicture(value.picture) && Object.keys(value).every((key) => /^(picture|caption)$/.test(key))
  );
}

function isRow(value: unknown): value is Row {
  const prototype: unknown = isRecord(value) ? Object.getPrototypeOf(value) : undefined;
  return prototype === Object.prototype || prototype === null;
}

function isCaption(value: unknown): value is Caption {
  return isRecord(value) && typeof value.text === "string" && isRecord(value.generation);
}

function captionsView(captions: readonly Caption[], options: ShowOptions): Promise<View> {
  const rows = captions.map(({ text, logProbability }) => ({ caption: text, "log-probability": logProbability }));
  const columns: Column[] = [
    { key: "caption", kind: "text" },
    { key: "log-probability", decimals: 2, hint: "Natural logarithm, for the whole caption including its end" },
  ];
  return rowsView(rows, { columns, ...options });
}

/** Predictions and other rows, with their pictures where they are given. */
async function rowsView(rows: readonly Row[], { images, ...options }: ShowOptions): Promise<View> {
  if (images === undefined) return tableView(rows, options);
  const pictures: Row[] = [];
  for (const [i, row] of rows.entries()) {
    const picture = findPicture(row, i, images);
    pictures.push({ picture: picture === undefined ? null : await addressOf(picture), ...row });
  }
  const { columns } = options;
  const isThere = columns === undefined || columns.some(({ key }) => key === "picture");
  return tableView(pictures, isThere ? options : { ...options, columns: [{ key: "picture" }, ...columns] });
}

function findPicture({ id }: Row, place: number, images: NonNullable<ShowOptions["images"]>): Picture | undefined {
  if (Array.isArray(images)) return images[place] as Picture | undefined;
  if (images instanceof Map) return images.get(String(id)) as Picture | undefined;
  return (images as Readonly<Record<string, Picture>>)[String(id)];
}

async function addressOf(picture: Picture): Promise<PictureCell> {
  return typeof picture === "string" && isPictureAddress(picture) ? picture : thumbnail(picture);
}

/** A thing's fields, a row each. */
function recordView(record: Row, options: ShowOptions): Promise<View> {
  const rows = Object.entries(record).map(([field, value]) => ({
    field,
    value: isRecord(value) ? value : String(value),
  }));
  const columns = (["field", "value"] as const).map((key) => ({ key, kind: "text" as const }));
  return tableView(rows, { columns, ...options });
}

/** Scores with their intervals, and how they were computed. */
function metricsView(results: readonly MetricResult[], { resamples, seed, confidence, ...options }: ShowOptions) {
  const asked = { ...(resamples && { resamples }), ...(seed && { seed }), ...(confidence && { confidence }) };
  const rows = results.flatMap((result) => {
    const intervals = bootstrap(result, asked);
    return result.names.map((name): Row => {
      const { score: value, low, high } = intervals[name]!;
      return { score: name, value: { value, low, high } };
    });
  });
  const note = results.map(({ signature }) => signature).join(" ");
  return tableView(rows, {
    note,
    columns: [{ key: "score" }, { key: "value", kind: "interval", decimals: 4 }],
    ...options,
  });
}

/** Everything of a comparison, the picture of it first. */
async function comparisonView(comparison: RunComparison): Promise<View> {
  const thumbnails = await comparisonThumbnails(comparison, { size: 72 });
  return stackViews(
    await Promise.all([
      ...(comparison.scores.length > 0 ? [scoresByDomainView(comparison)] : []),
      ...(comparison.slices?.scores.length ? [slicesView(comparison)] : []),
      scoresView(comparison),
      ...(comparison.winsAndLosses.length > 0 ? [winsAndLossesView(comparison, { thumbnails })] : []),
      ...(comparison.paper.length > 0 ? [paperView(comparison)] : []),
    ]),
  );
}
