import type { AlignedSpan, AlignmentPart } from "@simvlm/metrics";
import { unlinkedWords, wordsAt } from "../../terminal/explanation-blocks.js";
import { displayWidth } from "../../terminal/text-width.js";
import { type Html, html } from "../html.js";

/** In pixels: the prediction's words end where the links begin, and the reference's begin where these end. */
const [WIDTH, LEFT, RIGHT, LINE, TOP] = [350, 132, 218, 22, 26];
/** Places for a word's letters; longer words are cut, and whole in the list below. */
const MOST_PLACES = 16;
/** Each way of linking has a colour and a line of its own, see why.css; further ones use them again. */
const STYLES = ["exact", "stem", "synonym", "paraphrase"];

/**
 * Two texts word by word, the prediction's on the left, with a line for each link: as wide as a small phone, and as high
 * as the longer text. What it shows is told below it in words.
 */
export function drawAlignment(part: AlignmentPart): Html {
  const { prediction, reference, links } = part;
  const ways = [...new Set(links.map(({ by }) => by))];
  const styleOf = (by: string) => (STYLES.includes(by) ? STYLES.indexOf(by) : ways.indexOf(by) % STYLES.length);
  const height = TOP + LINE * Math.max(prediction.length, reference.length, 1);
  const y = (word: number) => TOP + LINE * word + LINE / 2;
  const middle = ({ start, length }: AlignedSpan) => (y(start) + y(start + length - 1)) / 2;
  const bar = (x: number, { start, length }: AlignedSpan) =>
    length > 1 && `M${x} ${y(start) - 7}V${y(start + length - 1) + 7}`;
  const lines = links.map((link) => {
    const [from, to] = [middle(link.prediction), middle(link.reference)];
    const bars = [bar(LEFT + 6, link.prediction), bar(RIGHT - 6, link.reference)]
      .filter((path) => path !== false)
      .join("");
    const curve = `M${LEFT + 6} ${from}C${LEFT + 40} ${from} ${RIGHT - 40} ${to} ${RIGHT - 6} ${to}`;
    return html`<path class="way-${styleOf(link.by)}" d="${curve}${bars}"/>`;
  });
  const told = links.map(
    (link) => `${wordsAt(prediction, link.prediction)} – ${wordsAt(reference, link.reference)} (${link.by})`,
  );
  return html`<div class="wide"><svg viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${told.join("; ") || "no word is linked"}">
<text class="head" x="${LEFT}" y="14" text-anchor="end">prediction</text><text class="head" x="${RIGHT}" y="14">reference</text>
${drawWords(
  prediction,
  links.map((link) => link.prediction),
  { x: LEFT, anchor: "end" },
  y,
)}${drawWords(
  reference,
  links.map((link) => link.reference),
  { x: RIGHT, anchor: "start" },
  y,
)}
${lines}</svg></div>
<ul class="ways">${ways.map((by) => drawWay(part, by, styleOf(by)))}${(["prediction", "reference"] as const).map((side) => drawAlone(part, side))}</ul>`;
}

function drawWords(
  words: readonly string[],
  spans: readonly AlignedSpan[],
  { x, anchor }: { readonly x: number; readonly anchor: string },
  y: (word: number) => number,
): Html[] {
  const isLinked = (word: number) => spans.some(({ start, length }) => start <= word && word < start + length);
  return words.map(
    (word, i) =>
      html`<text${!isLinked(i) && html` class="alone"`} x="${x}" y="${y(i) + 5}" text-anchor="${anchor}">${cut(word)}</text>`,
  );
}

function cut(word: string): string {
  if (displayWidth(word) <= MOST_PLACES) return word;
  let kept = "";
  for (const character of word) {
    if (displayWidth(kept + character) >= MOST_PLACES) break;
    kept += character;
  }
  return `${kept}…`;
}

/** A way of linking with its line, and what it linked; what is the same on both sides is said once. */
function drawWay({ prediction, reference, links }: AlignmentPart, by: string, style: number): Html {
  const pairs = links
    .filter((link) => link.by === by)
    .map((link) => [wordsAt(prediction, link.prediction), wordsAt(reference, link.reference)] as const)
    .map(([one, other]) => (one === other ? one : `${one} – ${other}`));
  return html`<li><svg width="34" height="10" aria-hidden="true"><path class="way-${style}" d="M0 5H34"/></svg> ${by}: <bdi>${pairs.join(", ")}</bdi></li>`;
}

function drawAlone(part: AlignmentPart, side: "prediction" | "reference"): Html | false {
  const words = unlinkedWords(part, side);
  return words.length > 0 && html`<li class="alone">only in the ${side}: <bdi>${words.join(" ")}</bdi></li>`;
}
