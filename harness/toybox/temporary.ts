import { join } from "node:path";
import { makeTemporaryFolder } from "../files/folders.js";
import { type GenerateOptions, generateToybox } from "./generate.js";

const DEFAULTS = { noise: 0.3, scale: "full" } as const;

/**
 * The options of {@link generateToybox}, of which `noise` (default 0.3) and `scale` (default `full`) may be left out.
 */
export type TemporaryToyboxOptions = Omit<GenerateOptions, keyof typeof DEFAULTS> & Partial<GenerateOptions>;

/**
 * Writes a Toybox into a new temporary folder, for a notebook that wants fresh pictures each time it is run.
 * @returns the folder that holds those of the data sets
 */
export async function drawToybox(options: TemporaryToyboxOptions): Promise<string> {
  const folder = join(await makeTemporaryFolder("toybox"), "toybox");
  await generateToybox(folder, { ...DEFAULTS, ...options });
  return folder;
}
