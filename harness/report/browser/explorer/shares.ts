import { namePrompt, nameShares, type Surroundings } from "../../../attention/word-shares.js";
import type { Look } from "../../explorer/reader.js";

const LONGEST_PROMPT = 60;

/** A share for people: per cent, with as many decimals as it needs; what is less than 0.005 % is none. */
export function percent(share: number): string {
  const value = 100 * share;
  const decimals = value < 0.005 || value >= 10 ? 0 : value >= 1 ? 1 : 2;
  return `${value.toFixed(decimals)}\u00a0%`;
}

/** What a word's attention fell on, in words. */
export function tellShares(look: Look, surroundings: Surroundings): string {
  const { prompt } = surroundings;
  const promptName = `${namePrompt(prompt) === "question" ? "question" : "text prefix"} “${shorten(prompt)}”`;
  return nameShares(look, surroundings)
    .map(({ kind, name, share }) => `${kind === "prompt" ? promptName : name} ${percent(share)}`)
    .join(", ");
}

/** As much of a prompt as has room beside other things. */
export function shorten(text: string): string {
  const characters = [...text];
  return characters.length > LONGEST_PROMPT ? `${characters.slice(0, LONGEST_PROMPT - 1).join("")}…` : text;
}
