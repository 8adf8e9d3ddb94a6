import { SimvlmError } from "@simvlm/metrics";
import type { Exploration } from "../../attention/explore.js";
import type { Choice } from "../../attention/word-attention.js";
import { tellSurroundings } from "../../attention/word-shares.js";
import type { RgbImage } from "../../images/rgb-image.js";
import { sharp } from "../../images/sharp.js";
import { countKinds } from "../../models/attention-maps.js";
import { printable } from "../../terminal/printable.js";
import type { View } from "../view.js";
import { describePane, findBrightest, meanWords } from "./describe-pane.js";
import { drawExplorer } from "./draw-explorer.js";
import type { Method, PaneChoice } from "./explorer-data.js";
import { drawPicture } from "./picture.js";
import { surroundingsOf } from "./reader.js";
import { listShares } from "./rest.js";

/** What an explorer shows before its reader has chosen anything. */
export interface ExplorerOptions {
  /**
   * Layers, heads and words are counted from 0. Default: the word with the brightest patch, and the mean of all layers
   * and heads.
   */
  readonly word?: number;
  readonly layer?: Choice;
  readonly head?: Choice;
  readonly method?: Method;
  /** Whether the view has a picture for where no page is shown; a report does not need one. Default true. */
  readonly picture?: boolean;
}

const DEFAULTS = { layer: "mean", head: "mean", method: "mean", picture: true } as const;

const JPEG_QUALITY = 80;

/**
 * The attention explorer: one picture's caption word by word, or the captions of two models side by side, with their
 * selectors locked together. Everything is in its markup; at rest it shows the mean map of each word. Its style and
 * script are its own and not shared with other views, because a report knows an explorer by the hash of its whole
 * markup.
 * @param explorations one or two, see `explore`
 * @throws SimvlmError `bad-option` for any other number of explorations
 */
export async function explorerView(explorations: readonly Exploration[], options: ExplorerOptions = {}): Promise<View> {
  if (explorations.length < 1 || explorations.length > 2) {
    throw new SimvlmError(
      "bad-option",
      `The explorer shows one model, or two side by side, not ${explorations.length}. Give one or two explorations.`,
    );
  }
  const shown = explorations.map(makePrintable);
  const pictures = await Promise.all(shown.map(({ picture }) => toJpeg(picture)));
  return {
    markup: await drawExplorer(shown.map(describePane), toStart(options, shown[0]!), pictures),
    libraries: [],
    text: shown.map(tellWords).join("\n\n"),
    ...((options.picture ?? DEFAULTS.picture) && { picture: await drawPicture(shown) }),
  };
}

/** Texts without characters that would turn the page's direction around or show nothing. */
function makePrintable(exploration: Exploration): Exploration {
  const { source, caption, prompt, words } = exploration;
  return {
    ...exploration,
    source: printable(source),
    caption: printable(caption),
    prompt: printable(prompt),
    words: words.map((word) => ({ ...word, text: printable(word.text) })),
  };
}

function toStart(options: ExplorerOptions, exploration: Exploration): PaneChoice {
  const { word = findBrightest(exploration), layer, head, method } = { ...DEFAULTS, ...options };
  const number = (choice: Choice) => (choice === "mean" ? -1 : choice);
  return { word, patch: -1, layer: number(layer), head: number(head), method, control: false };
}

async function toJpeg({ width, height, data }: RgbImage): Promise<string> {
  const jpeg = await sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: JPEG_QUALITY, mozjpeg: true })
    .toBuffer();
  return `data:image/jpeg;base64,${jpeg.toString("base64")}`;
}

function tellWords(exploration: Exploration): string {
  const { source, caption } = exploration;
  const words = meanWords(exploration);
  const { attention, prompt } = exploration;
  const surroundings = surroundingsOf({ keys: countKinds(attention), prompt, through: attention.through });
  const width = Math.max(0, ...words.map(({ text }) => text.length));
  const lines = words.map((word) => `  ${word.text.padEnd(width)}  ${listShares(word, surroundings).join(", ")}`);
  const told = words.length > 0 ? tellSurroundings(surroundings) : [];
  return [`${caption}  (${source})`, ...lines, ...told].join("\n");
}
