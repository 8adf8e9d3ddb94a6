import { hashText } from "../../../files/hash.js";
import type { OlderVersion } from "./older-version.js";

const TAG = /^(\/?)(div|p|figure|figcaption|small|svg|image|use)((?: [a-zA-Z-]+="[^"]*")*)\/?$/;
const ATTRIBUTE = / ([a-zA-Z-]+)="([^"]*)"/g;
const PLAIN = [
  ...["class", "id", "width", "height", "viewBox", "role", "aria-label", "preserveAspectRatio", "opacity"],
  ...["data-explorer", "data-lm-suppress-shortcuts"],
];
const VALUES: ReadonlyMap<string, RegExp> = new Map([
  ["href", /^(?:#[\w-]+|data:image\/(?:png|jpeg);base64,[A-Za-z0-9+/]*={0,2})$/],
  ["style", /^(?:filter:grayscale\(1\)|image-rendering:pixelated)$/],
  ...PLAIN.map((name): [string, RegExp] => [name, /^/]),
]);

/**
 * Whether an attention explorer that an older version drew is made of nothing but that version's own code, data, texts
 * and pictures: what it shows cannot be confirmed, but nothing of somebody else's runs in it.
 */
export function isHarmlessFigure(markup: string, { explorer }: OlderVersion): boolean {
  let rest = markup;
  for (const [open, close] of [
    ["<style>", "</style>"],
    ["<script>", "</script>"],
    ['<script type="application/json">', "</script>"],
  ] as const) {
    const start = rest.indexOf(open);
    const end = rest.indexOf(close, start);
    if (start < 0 || end < 0) return false;
    const content = rest.slice(start + open.length, end);
    if (open.includes("json") ? content.includes("<") : !explorer.includes(hashText(content))) return false;
    rest = rest.slice(0, start) + rest.slice(end + close.length);
  }
  const [text, ...tags] = rest.split("<");
  return text === "" && tags.every(isHarmlessTag) && closesItself(tags);
}

/** @param rest of a tag, after its `<`, with the text that follows */
function isHarmlessTag(rest: string): boolean {
  const [tag, ...more] = rest.split(">");
  const match = TAG.exec(tag!);
  if (!match || more.length !== 1) return false;
  return [...match[3]!.matchAll(ATTRIBUTE)].every(([, name, value]) => VALUES.get(name!)?.test(value!) ?? false);
}

/** Otherwise what stands after the figure would be inside of it. */
function closesItself(tags: readonly string[]): boolean {
  let depth = 0;
  for (const tag of tags) {
    const isAlone = /^(?:image|use)\b/.test(tag);
    if (isAlone !== (tag[tag.indexOf(">") - 1] === "/")) return false;
    if (!isAlone) depth += tag.startsWith("/") ? -1 : 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}
