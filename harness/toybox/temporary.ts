import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GenerateOptions, generateToybox } from "./generate.js";

const DEFAULTS = { noise: 0.3, scale: "full" } as const;

export type TemporaryToyboxOptions = Omit<GenerateOptions, keyof typeof DEFAULTS> & Partial<GenerateOptions>;

/**
 * A Toybox in a temporary folder of its own, for a notebook that wants fresh pictures each time it is run.
 * @returns the folder, which the data sets' folders lie in
 */
export async function drawToybox(options: TemporaryToyboxOptions): Promise<string> {
  const folder = join(await mkdtemp(join(tmpdir(), "simvlm-")), "toybox");
  await generateToybox(folder, { ...DEFAULTS, ...options });
  return folder;
}
