import { extname } from "node:path";
import { drawFigure } from "../attention/attention-figure.js";
import type { Exploration } from "../attention/explore.js";
import type { Choice, WordAttention } from "../attention/word-attention.js";
import type { WordMap } from "../attention/word-maps.js";
import { sharp } from "../images/sharp.js";
import { type AttentionRecord, countKeys, countKinds } from "../models/attention-maps.js";
import { explorerView } from "../report/explorer/index.js";
import { html } from "../report/html.js";
import { renderPage } from "../report/view.js";
import { printable } from "../terminal/printable.js";

/** Which map is drawn, and where. */
export interface DrawnChoice {
  readonly out: string;
  readonly map: WordMap;
  readonly layer: Choice;
  readonly head: Choice;
  readonly weights?: string | undefined;
}

/** The explorer of one model, or of two on the same words. */
export async function drawPage(
  exploration: Exploration,
  other: Exploration | undefined,
  { layer, head, map }: DrawnChoice,
): Promise<string> {
  const view = await explorerView(other ? [exploration, other] : [exploration], {
    layer,
    head,
    ...(map !== "activation" && { method: map }),
  });
  const title = printable(exploration.caption) || "(no words)";
  return renderPage([html`<h1>${title}</h1>`, view], { title });
}

/** A panel for each word, as SVG or PNG. */
export async function drawMaps(
  exploration: Exploration,
  words: readonly WordAttention[],
  options: DrawnChoice,
): Promise<string | Uint8Array> {
  const { attention, picture, imageSize, caption, prompt } = exploration;
  const svg = await drawFigure({
    picture,
    caption: printable(caption),
    words: words.map((word) => ({ ...word, text: printable(word.text) })),
    grid: attention.grid,
    imageSize,
    keys: attention.keys.length - countKeys(attention, "text"),
    prompt: printable(prompt),
    through: attention.through,
    notes: [describe(exploration), describeChoice(exploration, options)],
  });
  return isSvg(options.out) ? svg : sharp(Buffer.from(svg), { unlimited: true }).png().toBuffer();
}

const isSvg = (path: string): boolean => extname(path).toLowerCase() === ".svg";

function describe({ source, trained, logProbability }: Exploration): string {
  const noise = trained ? "" : " (the words are noise)";
  const sure = logProbability === undefined ? "caption given" : `log-probability ${logProbability.toFixed(2)}`;
  return `${printable(source)}${noise} · ${sure}`;
}

function describeChoice({ attention }: Exploration, { layer, head, map }: DrawnChoice): string {
  const { layers, heads } = attention;
  const kind = nameAttention(attention);
  if (map === "rollout") return `rollout of ${kind} and the layers that read the picture`;
  if (map === "activation") return "activation of the word’s tokens, less what earlier words explain";
  const one = (what: string, choice: Choice, count: number) =>
    choice === "mean" ? `mean of ${count} ${what}s` : `${what} ${choice} of 0–${count - 1}`;
  const way = map === "gradient" ? `gradient × ${kind}` : map === "max" ? `maximum of ${kind}` : kind;
  return `${way} · ${one("layer", layer, layers)} · ${one("head", head, heads)}`;
}

function nameAttention(attention: AttentionRecord): string {
  if (attention.through) return "cross attention of the answer to the question × of the question to the picture";
  return countKeys(attention, "text") > 0 ? "self-attention of the decoder" : "cross attention of the decoder";
}

/** What `--json` prints: maps as rows of the patch grid. */
export function toReport(
  image: string,
  { caption, logProbability, prompt, attention }: Exploration,
  words: readonly WordAttention[],
  { out, layer, head, map, weights }: DrawnChoice,
) {
  const { grid, through } = attention;
  return {
    image,
    out,
    caption,
    logProbability,
    ...(weights === "int8" && { weights }),
    prompt,
    layer,
    head,
    ...(map !== "mean" && { way: map }),
    grid,
    keys: countKinds(attention),
    ...(through && { through }),
    words: words.map(({ map, ...word }) => ({
      ...word,
      map: Array.from({ length: grid }, (_, row) => [...map.subarray(row * grid, (row + 1) * grid)]),
    })),
  };
}
