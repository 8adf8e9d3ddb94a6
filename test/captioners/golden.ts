import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Numbers of a golden file, and their shape. */
export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Uint8Array;
}

/** One call of the library's `generate()`. */
export interface GoldenCase {
  readonly id: string;
  /** File names of the pictures, one for each row. */
  readonly photos: readonly string[];
  /** As the library names them: `max_length`, `num_beams`, `early_stopping` … */
  readonly args: Readonly<Record<string, number | boolean | string>>;
  readonly prompt?: string;
  readonly text?: string;
  readonly input_ids?: readonly (readonly number[])[];
  readonly input_ids_given?: readonly (readonly number[])[];
  readonly decoder_input_ids?: readonly (readonly number[])[];
  readonly attention_mask?: readonly (readonly number[])[];
  /** With prompt, end and padding. */
  readonly ids: readonly (readonly number[])[];
  readonly texts: readonly string[];
  /** Of beams. */
  readonly sequences_scores?: readonly number[];
}

/** A search of the original GIT. */
export interface OriginalSearch {
  /** Ids that the text begins with, the start among them. */
  readonly prefix: readonly number[];
  readonly beams: number;
  readonly alpha: number;
  readonly max_steps: number;
  readonly ids: readonly number[];
  readonly score: number;
}

/** A golden state's largest magnitude, and how far the reference's own float32 is from float64. */
export interface Noise {
  readonly max: number;
  readonly float32_error: number;
}

/** A tiny checkpoint and what the reference makes of it. */
export interface GoldenCaptioner {
  readonly name: string;
  readonly checkpoint: string;
  /** Path of any file in its golden folder. */
  file(name: string): string;
  /** A JSON file of its golden folder. */
  json<T>(name: string): T;
  /** A safetensors file of its golden folder, by name. */
  tensors(name: string): ReadonlyMap<string, GoldenTensor>;
  /** None for CLIP. */
  cases(): readonly GoldenCase[];
}

const fixtures = fileURLToPath(new URL("../../fixtures/captioners", import.meta.url));

/** Those of the project's own making, see fixtures/captioners/README.md. */
export function ownCaptioners(): GoldenCaptioner[] {
  return captionersIn(fixtures, join(fixtures, "golden"));
}

/** Those that have a golden folder, by name; none where there is no such folder. */
export function captionersIn(checkpoints: string, golden: string): GoldenCaptioner[] {
  const folders = existsSync(golden) ? readdirSync(golden, { withFileTypes: true }) : [];
  const names = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return names
    .filter((name) => existsSync(join(checkpoints, name, "config.json")))
    .map((name) => {
      const file = (path: string) => join(golden, name, path);
      const json = <T>(path: string): T => JSON.parse(readFileSync(file(path), "utf8"));
      const tensors = (path: string) => readTensors(file(path));
      const cases = () =>
        existsSync(file("generate.json")) ? json<{ cases: GoldenCase[] }>("generate.json").cases : [];
      return { name, checkpoint: join(checkpoints, name), file, json, tensors, cases };
    });
}

/** How far a state may lie from the golden one: ten times float32's own error, and 1e-5 of its size. */
export function toleranceOf({ max, float32_error }: Noise): number {
  return 10 * float32_error + 1e-5 * max;
}

/** Reads float32 and uint8, without the project's own reader: that is what is being tested. */
function readTensors(path: string): ReadonlyMap<string, GoldenTensor> {
  const bytes = readFileSync(path);
  const data = 8 + Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.toString("utf8", 8, data)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const entries = Object.entries(header).filter(([name]) => name !== "__metadata__");
  return new Map(
    entries.map(([name, { dtype, shape, data_offsets }]): [string, GoldenTensor] => {
      const part = Uint8Array.from(bytes.subarray(data + data_offsets[0], data + data_offsets[1]));
      if (dtype === "U8") return [name, { shape, data: part }];
      if (dtype === "F32") return [name, { shape, data: new Float32Array(part.buffer) }];
      throw new Error(`${path}: ${name} is stored as ${dtype}`);
    }),
  );
}

interface Normalization {
  readonly rescale: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** The normalised pixels `[height, width, 3]` of a photograph, as the reference prepared it. */
export function readPixels(captioner: GoldenCaptioner, photo: string): Float32Array {
  const { rescale, mean, std } = captioner.json<Normalization>("pixels.json");
  const { shape, data } = captioner.tensors("pixels.safetensors").get(photo)!;
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
