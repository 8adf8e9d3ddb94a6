import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { quote } from "../../checkpoints/excerpt.js";
import { type CheckpointHashes, hashCheckpoint } from "../../checkpoints/hash-checkpoint.js";
import { readJson } from "../../files/json.js";
import { requireFile } from "../../files/open-file.js";
import { Generation } from "./generation.js";
import { type ChosenGraphs, chooseGraphs, type Dtype, requireGraphs } from "./graphs.js";
import { LIBRARY, type Library } from "./library.js";

/** What a model takes beside a picture: nothing, or the beginning of its text; or an instruction. */
export type ModelKind = "image-to-text" | "image-text-to-text";

/** The files of a folder beside its graphs, and whether it needs them. */
const FILES: Readonly<Record<string, boolean>> = {
  "config.json": true,
  "tokenizer.json": true,
  "tokenizer_config.json": true,
  "preprocessor_config.json": true,
  "processor_config.json": false,
  "generation_config.json": false,
  "special_tokens_map.json": false,
  "chat_template.jinja": false,
  "chat_template.json": false,
};

/** In bytes: a vocabulary of a million tokens with its merges. */
const LONGEST = 1 << 28;

/** What no picture can be divided by would only show in the texts, whoever prepares the pictures. */
const Divisor = z.number().positive();
const ImageProcessor = z.looseObject({
  image_mean: z.union([z.number(), z.array(z.number())]).nullish(),
  image_std: z.union([Divisor, z.array(Divisor)]).nullish(),
});

const AnyObject = z.looseObject({});
const Config = Generation.extend({
  model_type: z.string(),
  architectures: z.array(z.string()).nullish(),
  decoder: Generation.nullish(),
  text_config: Generation.nullish(),
});
/** What is asked of the files that numbers are taken from. */
const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  "config.json": Config,
  "preprocessor_config.json": ImageProcessor,
  "processor_config.json": z.looseObject({ image_processor: ImageProcessor.nullish() }),
  "generation_config.json": Generation,
};
/** A model's config as its file has it. */
export type ModelConfig = z.output<typeof Config>;

/** A folder as the library takes it. */
export interface ModelFolder extends ChosenGraphs {
  /** Absolute: by a relative path the library could take it for a name on the hub. */
  readonly path: string;
  readonly config: ModelConfig;
  readonly kind: ModelKind;
  readonly hashes: CheckpointHashes;
}

/**
 * Reads and hashes what the library will load, so that what is wrong is said before anything is begun.
 * @throws SimvlmError `missing-file`, `unreadable-file`, `lfs-pointer`, `not-json`, `wrong-schema`, `unsupported-model`,
 *   `other-class`, and what `chooseGraphs` throws
 */
export async function readModelFolder(library: Library, folder: string, dtype?: Dtype): Promise<ModelFolder> {
  const path = resolve(folder);
  await requireGraphs(folder);
  const there = await requireFiles(folder);
  const config = await readJson(join(folder, "config.json"), describe("config.json", Config));
  const kind = requireKind(library, config, folder);
  const graphs = await chooseGraphs(folder, await listGraphs(library, path, config), dtype);
  return { path, config, kind, ...graphs, hashes: await hashCheckpoint(folder, [...there, ...graphs.files]) };
}

/** The files beside the graphs: those that must be there are, and what is to be JSON is. */
async function requireFiles(folder: string): Promise<string[]> {
  const names = Object.keys(FILES).filter((name) => FILES[name] || existsSync(join(folder, name)));
  for (const name of names) {
    await requireFile(join(folder, name), LONGEST);
    if (name.endsWith(".json")) await readJson(join(folder, name), describe(name, SCHEMAS[name] ?? AnyObject));
  }
  return names;
}

const describe = <Schema extends z.ZodType>(name: string, schema: Schema): Schema =>
  schema.describe(`the ${name} of a published model`);

/** The graphs of a model, as the library lists them for its class. @throws SimvlmError `unloadable-model` */
async function listGraphs(library: Library, path: string, config: ModelConfig): Promise<string[]> {
  try {
    const known = await library.AutoConfig.from_pretrained(path, { config, local_files_only: true });
    const files = await library.ModelRegistry.get_model_files(path, { config: known, dtype: "fp32" });
    return files.filter((name) => name.endsWith(".onnx")).map((name) => basename(name, ".onnx"));
  } catch (cause) {
    const what = `${join(path, "config.json")} is not what ${LIBRARY} expects of a ${quote(config.model_type)}`;
    throw new SimvlmError("unloadable-model", `${what}: ${(cause as Error).message}`, { cause });
  }
}

/** @throws SimvlmError `unsupported-model`, `other-class` */
function requireKind(library: Library, { model_type, architectures }: ModelConfig, folder: string): ModelKind {
  const { AutoModelForImageTextToText: chats, AutoModelForVision2Seq: captioners, env } = library;
  const found = [chats, captioners].find((each) => each.supports(model_type));
  if (!found) {
    const known = [...new Set([captioners, chats].flatMap((each) => [...classesOf(each).keys()]))];
    throw new SimvlmError(
      "unsupported-model",
      `${join(folder, "config.json")}: the model_type is ${quote(model_type)}, which ${LIBRARY} ${env.version} does not ` +
        `run as a model from pictures to text. Those that it does: ${known.join(", ")}.`,
    );
  }
  const own = classesOf(found).get(model_type);
  const others = new Set(
    Object.values(library).flatMap((each) => mappingsOf(each).flatMap((map) => [...map.values()])),
  );
  const claimed = architectures?.[0];
  if (claimed !== undefined && claimed !== own && others.has(claimed)) {
    throw new SimvlmError(
      "other-class",
      `${join(folder, "config.json")}: the model_type ${quote(model_type)} is run as ${own}, but architectures claims ` +
        `${quote(claimed)}, which is another class.`,
    );
  }
  return found === chats ? "image-text-to-text" : "image-to-text";
}

/** The classes of an `Auto` class by model type. */
const classesOf = (auto: unknown): ReadonlyMap<unknown, unknown> =>
  new Map(mappingsOf(auto).flatMap((map) => [...map]));

/** None for anything but an `Auto` class. */
function mappingsOf(auto: unknown): readonly ReadonlyMap<unknown, unknown>[] {
  const { MODEL_CLASS_MAPPINGS: mappings } = Object(auto) as { readonly MODEL_CLASS_MAPPINGS?: unknown };
  return Array.isArray(mappings) ? mappings.filter((each) => each instanceof Map) : [];
}
