import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { parseJson } from "../../files/parse-json.js";
import { ARRANGEMENT, type Arrangement } from "../arrangement.js";
import { findRange } from "./describe-pane.js";
import { drawExplorer } from "./draw-explorer.js";
import type { PackedMaps, PaneChoice, PaneData } from "./explorer-data.js";
import { looksAtRest } from "./rest.js";

/** Beyond any model whose maps can be looked at. */
const MOST = { layers: 128, heads: 128, words: 512, grid: 96, side: 4096, values: 2 ** 25, text: 20_000 };
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const Base64 = z.string().regex(BASE64, "expected base64");
const Count = (most: number) => z.int().min(0).max(most);
const Text = z.string().max(MOST.text);
const FLOAT_BYTES = 4;

const Maps = z.strictObject({
  layers: z.int().min(1).max(MOST.layers),
  heads: z.int().min(1).max(MOST.heads),
  maps: Base64,
  least: Base64,
  most: Base64,
  image: Base64,
  prompt: Base64,
  suffix: Base64.optional(),
  classToken: Base64.optional(),
});

const Looks = z.strictObject({
  attention: Maps.optional(),
  mean: Maps.optional(),
  max: Maps.optional(),
  gradient: Maps.optional(),
  rollout: Maps.optional(),
});

const Keys = z.strictObject({ class: z.int(), patch: z.int(), prompt: z.int(), text: z.int() });

const PaneFields = z.strictObject({
  source: Text,
  trained: z.boolean(),
  caption: Text,
  prompt: Text,
  keys: Keys,
  through: z.literal("question").optional(),
  words: z.array(Text).max(MOST.words),
  range: z.tuple([z.number().min(0).max(1), z.number().min(0).max(1)]),
  grid: z.int().min(1).max(MOST.grid),
  imageSize: Count(MOST.side * 4),
  layers: z.int().min(1).max(MOST.layers),
  heads: z.int().min(1).max(MOST.heads),
  width: z.int().min(1).max(MOST.side),
  height: z.int().min(1).max(MOST.side),
  model: Looks.extend({ attention: Maps }),
  control: Looks.optional(),
  seed: z.int().optional(),
});

const Pane = PaneFields.refine(hasSizes, "expected maps of the sizes that stand beside them").refine(
  isRangeRight,
  "expected the range of the maps",
);

const Place = z
  .int()
  .min(-1)
  .max(MOST.grid ** 2);
const Explorer = z
  .strictObject({
    panes: z.array(Pane).min(1).max(2),
    start: z.strictObject({
      word: Place,
      patch: Place,
      layer: Place,
      head: Place,
      method: z.enum(["mean", "max", "rollout", "gradient"]),
      control: z.boolean(),
    }),
    colours: z.array(z.array(z.int())),
    caution: z.string(),
  })
  .describe("the data of an attention explorer");

function hasSizes({ words, grid, model, control }: z.infer<typeof PaneFields>): boolean {
  const all = [model, control].flatMap((looks): PackedMaps[] => Object.values(looks ?? {}) as PackedMaps[]);
  return all.every(({ layers, heads, maps, ...floats }) => {
    const count = layers * heads * words.length;
    if (count * grid ** 2 > MOST.values || !hasBytes(maps, count * grid ** 2)) return false;
    return Object.values(floats).every((text) => text === undefined || hasBytes(text, count * FLOAT_BYTES));
  });
}

function hasBytes(base64: string, bytes: number): boolean {
  return Buffer.byteLength(base64, "base64") === bytes && base64.length === 4 * Math.ceil(bytes / 3);
}

/** Packing in 8 bits moves a value by half a step at most. */
function isRangeRight(pane: z.infer<typeof PaneFields>): boolean {
  const [least, most] = findRange(looksAtRest(pane as PaneData).map(({ map }) => map));
  const isNear = (a: number, b: number) => Math.abs(a - b) <= 1 / 255;
  return isNear(pane.range[0], least) && isNear(pane.range[1], most);
}

const JSON_TAG = '<script type="application/json">';
const PICTURE = '<image class="picture" id="';
const ADDRESS = ' href="data:image/jpeg;base64,';

/** An explorer that was drawn again. */
export interface RedrawnExplorer {
  readonly panes: readonly PaneData[];
  readonly markup: string;
}

/**
 * Draws an explorer again, from nothing but the data and the pictures in its markup.
 * @param markup from somewhere; of what is not data or picture nothing is looked at
 * @param where it stands, for messages
 * @param arrangement of the version that drew it
 * @throws SimvlmError `broken-report`, `not-json`, `wrong-schema`
 */
export async function redrawExplorer(
  markup: string,
  where: string,
  arrangement: Arrangement = ARRANGEMENT,
): Promise<RedrawnExplorer> {
  const start = markup.indexOf(JSON_TAG) + JSON_TAG.length;
  const end = markup.indexOf("</script>", start);
  if (start < JSON_TAG.length || end < 0) throw broken(where, "have no data");
  const json = markup.slice(start, end);
  parseJson(json, where, Explorer);
  // As it stands there, down to the order of its fields.
  const { panes, start: chosen } = JSON.parse(json) as { panes: PaneData[]; start: PaneChoice };
  const pictures = findPictures(markup.slice(0, start));
  if (pictures.length !== panes.length) throw broken(where, "have not one picture for each model");
  return { panes, markup: (await drawExplorer(panes, chosen, pictures, arrangement)).markup };
}

function findPictures(markup: string): string[] {
  const pictures: string[] = [];
  for (let at = markup.indexOf(PICTURE); at >= 0; at = markup.indexOf(PICTURE, at + 1)) {
    const id = at + PICTURE.length;
    const quote = markup.indexOf('"', id) + 1;
    const begin = quote + ADDRESS.length;
    const end = markup.indexOf('"', begin);
    const base64 = markup.slice(begin, end);
    if (end < 0 || !markup.startsWith(ADDRESS, quote) || !BASE64.test(base64)) return [];
    pictures.push(`data:image/jpeg;base64,${base64}`);
  }
  return pictures;
}

function broken(where: string, problem: string): SimvlmError {
  return new SimvlmError("broken-report", `${where} ${problem}: the report was changed. Make it again.`);
}
