import { realpath } from "node:fs/promises";
import { join, relative } from "node:path";
import { hashText } from "../files/hash.js";
import { homeFolder } from "../files/home.js";

/**
 * What recipes say of a training's data names folders and files as somebody typed them. The same ones can be named
 * relative to another folder, with a slash at the end, or through links.
 */

/** Whether what two recipes say of their data names the same files, seen from the working directory. */
export async function isSameData(one: unknown, other: unknown): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((data) => mapTexts(data, findReal)));
  return JSON.stringify(a) === JSON.stringify(b);
}

/**
 * Stands for where the data lie, seen from a training's folder: for all that name them, wherever they work. It is a hash,
 * since the ways there go through folders that are nobody else's business.
 */
export async function hashPlace(data: unknown, folder: string): Promise<string> {
  const from = (await findReal(folder)) ?? folder;
  const ways = await mapTexts(data, async (text) => {
    const real = await findReal(text);
    return real === undefined ? undefined : relative(from, real);
  });
  return hashText(JSON.stringify([ways]));
}

/** A path as the system has it; undefined for a text that is none, or leads nowhere. */
async function findReal(text: string): Promise<string | undefined> {
  const path = /^~(?:[/\\]|$)/.test(text) ? join(homeFolder(), text.slice(1)) : text;
  return path === "" ? undefined : realpath(path).catch(() => undefined);
}

/** What JSON holds with other texts in it; a text for which there is none stays. */
async function mapTexts(value: unknown, map: (text: string) => Promise<string | undefined>): Promise<unknown> {
  if (typeof value === "string") return (await map(value)) ?? value;
  if (Array.isArray(value)) return Promise.all(value.map((item: unknown) => mapTexts(item, map)));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(async ([key, item]) => [key, await mapTexts(item, map)] as const);
  return Object.fromEntries(await Promise.all(entries));
}
