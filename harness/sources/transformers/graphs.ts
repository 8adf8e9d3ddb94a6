import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { WEIGHT_FILES } from "../../checkpoints/open-stored-weights.js";

/** How graphs are stored, in the order of preference, and how the names of their files end. */
const SUFFIXES = {
  fp32: "",
  fp16: "_fp16",
  q8: "_quantized",
  int8: "_int8",
  uint8: "_uint8",
  q4: "_q4",
  q4f16: "_q4f16",
  bnb4: "_bnb4",
} as const;

/** One of the ways in which a graph is stored. */
export type Dtype = keyof typeof SUFFIXES;
/** All of {@link Dtype}. */
export const DTYPES = Object.keys(SUFFIXES) as readonly Dtype[];

/** Where the graphs lie in a model's folder. */
export const GRAPHS = "onnx";

/** The graphs of a model that are used. */
export interface ChosenGraphs {
  /** One for all of them, or that of each. */
  readonly dtype: Dtype | Readonly<Record<string, Dtype>>;
  /** Relative to the model's folder, with what lies beside them of their numbers. */
  readonly files: readonly string[];
}

/** @throws SimvlmError `no-graphs` where there is no folder of them, naming the weights that there are */
export async function requireGraphs(folder: string): Promise<string[]> {
  const there = await readdir(join(folder, GRAPHS)).catch(() => undefined);
  if (there) return there;
  const weights = WEIGHT_FILES.find((name) => existsSync(join(folder, name)));
  throw new SimvlmError(
    "no-graphs",
    `${folder} has no folder ${GRAPHS}: its model is not stored as ONNX graphs` +
      `${weights === undefined ? "" : `, but as weights, in ${weights}`}.`,
  );
}

/**
 * Chooses among the files of a folder `onnx` those of the graphs that a model needs.
 * @param names of the graphs: `encoder_model`
 * @param asked default: the first of {@link DTYPES} that all graphs have, or else that each has
 * @throws SimvlmError `no-graphs` where there is no such folder, `missing-graph`, `missing-dtype` naming what there is
 */
export async function chooseGraphs(folder: string, names: readonly string[], asked?: Dtype): Promise<ChosenGraphs> {
  const there = await requireGraphs(folder);
  const dtypes = new Map(names.map((name) => [name, DTYPES.filter((dtype) => there.includes(fileOf(name, dtype)))]));
  const missing = names.filter((name) => dtypes.get(name)!.length === 0);
  if (missing.length > 0) {
    const graphs = there.filter((name) => name.endsWith(".onnx")).sort();
    throw new SimvlmError(
      "missing-graph",
      `${join(folder, GRAPHS)} has no ${missing.map((name) => `${name}.onnx`).join(", no ")}, stored in whatever way. ` +
        `There ${graphs.length === 0 ? "are no graphs" : `are ${graphs.join(", ")}`}.`,
    );
  }
  const common = DTYPES.filter((dtype) => names.every((name) => dtypes.get(name)!.includes(dtype)));
  if (asked !== undefined && !common.includes(asked)) {
    const list = names.map((name) => `${name}: ${dtypes.get(name)!.join(", ")}`).join("; ");
    throw new SimvlmError("missing-dtype", `${folder} has not all of its graphs as ${asked}. There are ${list}.`);
  }
  const shared = asked ?? common[0];
  const chosen = Object.fromEntries(names.map((name) => [name, shared ?? dtypes.get(name)![0]!]));
  const files = names.map((name) => fileOf(name, chosen[name]!));
  const besides = there.filter((name) => files.some((file) => name !== file && isBeside(name, file))).sort();
  return { dtype: shared ?? chosen, files: [...files, ...besides].map((name) => `${GRAPHS}/${name}`) };
}

const fileOf = (name: string, dtype: Dtype): string => `${name}${SUFFIXES[dtype]}.onnx`;

/** Numbers that are too long for a graph's file: `model.onnx_data`, `model.onnx_data_1`, `model.onnx.data`. */
const isBeside = (name: string, file: string): boolean =>
  /^[_.]data(?:_\d+)?$/.test(name.slice(file.length)) && name.startsWith(file);
