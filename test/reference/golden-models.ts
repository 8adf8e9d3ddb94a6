import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DecodingSettings } from "../../harness/decoding/settings.js";
import { sharedFolder } from "../shared.js";

/** Golden checkpoints and what the reference implementation makes of them; its README says how they were made. */
export const modelsFolder = process.env.SIMVLM_GOLDEN_MODELS ?? join(sharedFolder, "reference/models");

export const checkpointOf = (name: string): string => join(modelsFolder, "checkpoints", name);

/** A JSON file of a golden model. */
export function readGoldenJson<T>(name: string, file: string): T {
  return JSON.parse(readFileSync(join(modelsFolder, "golden", name, file), "utf8")) as T;
}

export const hasGolden = (name: string, file: string): boolean => existsSync(join(modelsFolder, "golden", name, file));

/** A generation as the library names its arguments. */
export interface GenerateCase {
  readonly id: string;
  readonly photos: readonly string[];
  readonly args: Readonly<Record<string, number | boolean | string>>;
  readonly ids: readonly (readonly number[])[];
  readonly texts?: readonly string[];
  readonly sequences_scores?: readonly number[];
  readonly input_ids?: readonly (readonly number[])[];
  readonly decoder_input_ids?: readonly (readonly number[])[];
  readonly input_ids_given?: readonly (readonly number[])[];
  readonly attention_mask?: readonly (readonly number[])[];
}

/** New tokens where nothing is said. */
const USUAL_LENGTH = 20;

/** The library's arguments as our settings. @param given ids that the text begins with, the start among them */
export function toSettings(args: GenerateCase["args"], given: number): DecodingSettings {
  const number = (name: string) => args[name] as number | undefined;
  const beams = number("num_beams") ?? 1;
  const longest = number("max_length");
  const shortest = number("min_length");
  return {
    ...(beams > 1
      ? {
          method: "beam",
          search: "transformers",
          beamSize: beams,
          lengthPenalty: number("length_penalty") ?? 1,
          ...(args.early_stopping !== undefined && { earlyStopping: args.early_stopping as boolean | "never" }),
        }
      : { method: "greedy" }),
    maxLength: number("max_new_tokens") ?? (longest === undefined ? USUAL_LENGTH : longest - given),
    minLength: Math.max(0, number("min_new_tokens") ?? (shortest ?? 0) - given),
    noRepeatNgram: number("no_repeat_ngram_size") ?? 0,
    ...(args.repetition_penalty !== undefined && { repetitionPenalty: args.repetition_penalty as number }),
  };
}

/** Tensors of a golden file, floats and bytes alike. */
export function readTensors(name: string, file: string): Map<string, { shape: number[]; data: Float32Array | Uint8Array }> {
  const bytes = readFileSync(join(modelsFolder, "golden", name, file));
  const length = Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString("utf8")) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  return new Map(
    Object.entries(header).flatMap(([key, { dtype, shape, data_offsets: [begin, end] }]) => {
      if (key === "__metadata__") return [];
      const part = Uint8Array.from(bytes.subarray(8 + length + begin, 8 + length + end));
      return [[key, { shape, data: dtype === "U8" ? part : new Float32Array(part.buffer) }]];
    }),
  );
}

interface Normalization {
  readonly rescale: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** The normalised pixels `[height, width, 3]` of a photograph, as the reference prepared it. */
export function readPixels(name: string, photo: string): Float32Array {
  const { rescale, mean, std } = readGoldenJson<Normalization>(name, "pixels.json");
  const { shape, data } = readTensors(name, "pixels.safetensors").get(photo)!;
  const plane = shape[1]! * shape[2]!;
  const pixels = new Float32Array(3 * plane);
  for (let channel = 0; channel < 3; channel++) {
    for (let i = 0; i < plane; i++) {
      const value = Math.fround(data[channel * plane + i]! * rescale) - Math.fround(mean[channel]!);
      pixels[3 * i + channel] = Math.fround(value) / Math.fround(std[channel]!);
    }
  }
  return pixels;
}

/** An id up to the end, without what a batch's row is filled with. @param from where the end counts */
export function untilEnd(ids: readonly number[], endId: number, from: number): readonly number[] {
  const end = ids.indexOf(endId, from);
  return end < 0 ? ids : ids.slice(0, end + 1);
}
