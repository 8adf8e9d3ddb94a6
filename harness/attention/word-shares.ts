import type { AttentionKey } from "../models/attention-maps.js";

/*
 * What the parts of a word's attention are called, the same in figures, pages and texts. Nothing here needs Node.js or a
 * browser.
 */

/** What a word looked at, but for where on the picture: parts of its attention that add up to 1. */
export interface Shares {
  /** On all patches together. */
  readonly image: number;
  /** On the tokens of the prompt. */
  readonly prompt: number;
  /** On the model's own text: its start token and the words before. */
  readonly suffix: number;
  /** On the class token, which has no place in the picture; only of a model that has one. */
  readonly classToken?: number;
}

/** What a model's words can look at, and what it was asked. */
export interface Surroundings {
  /** The kinds of keys that there are. */
  readonly kinds: ReadonlySet<AttentionKey["kind"]>;
  /** Empty for none. */
  readonly prompt: string;
  /** `question` where words look at the question and the question looks at the picture. */
  readonly through?: "question" | undefined;
}

/** A part of a word's attention. */
export interface NamedShare {
  readonly kind: AttentionKey["kind"];
  readonly name: string;
  readonly share: number;
}

/** What a prompt is called beside its share. */
export function namePrompt(prompt: string): "question" | "prefix" {
  return /[?？؟]\s*$/u.test(prompt) ? "question" : "prefix";
}

/** The parts of a word's attention by name: one for each kind of keys that the model looks at. */
export function nameShares(
  { image, prompt: onPrompt, suffix, classToken = 0 }: Shares,
  { kinds, prompt }: Surroundings,
): NamedShare[] {
  const all: readonly NamedShare[] = [
    { kind: "patch", name: "picture", share: image },
    { kind: "class", name: "class token", share: classToken },
    { kind: "prompt", name: namePrompt(prompt), share: onPrompt },
    { kind: "text", name: "own text", share: suffix },
  ];
  return all.filter(({ kind }) => kind === "patch" || kinds.has(kind));
}

/** How the text beside the picture comes into the maps, and what "own text" is: sentences, none where there is nothing to say. */
export function tellSurroundings({ kinds, prompt, through }: Surroundings): string[] {
  const sentences: string[] = [];
  if (through) {
    sentences.push(
      `Words looked at the question “${prompt}”, and the question at the picture: a map is the product of both.`,
    );
  } else if (prompt !== "" && !kinds.has("prompt")) {
    sentences.push(`The model’s text began with “${prompt}”; cross attention sees the picture only.`);
  }
  if (kinds.has("text")) sentences.push("Own text is the start token and the words before.");
  return sentences;
}
