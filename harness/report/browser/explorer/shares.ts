import type { Look } from "./reader.js";

const LONGEST_PROMPT = 60;

/** A share for people: per cent, with as many decimals as it needs; what is less than 0.005 % is none. */
export function percent(share: number): string {
  const value = 100 * share;
  const decimals = value < 0.005 || value >= 10 ? 0 : value >= 1 ? 1 : 2;
  return `${value.toFixed(decimals)}\u00a0%`;
}

/** What a word's attention fell on, in words. */
export function tellShares({ image, prompt: onPrompt, suffix, classToken }: Look, prompt: string): string {
  const parts = [`picture ${percent(image)}`];
  if (classToken > 0) parts.push(`class token ${percent(classToken)}`);
  if (prompt !== "") parts.push(`text prefix “${shorten(prompt)}” ${percent(onPrompt)}`);
  if (suffix > 0) parts.push(`earlier words ${percent(suffix)}`);
  return parts.join(", ");
}

function shorten(text: string): string {
  const characters = [...text];
  return characters.length > LONGEST_PROMPT ? `${characters.slice(0, LONGEST_PROMPT - 1).join("")}…` : text;
}
