import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { FILES, readConfig } from "../checkpoints/checkpoint.js";
import { requireFiniteStored } from "../checkpoints/finite-weights.js";
import { type CheckpointHashes, hashCheckpoint } from "../checkpoints/hash-checkpoint.js";
import { resolveModelFolder } from "../checkpoints/model-folder.js";
import { openStoredWeights } from "../checkpoints/open-stored-weights.js";
import type { MatrixPrecision } from "../engine/index.js";
import { withPackages } from "../optional-packages.js";
import { createRandom } from "../random.js";
import { blipFamily } from "./blip/blip-family.js";
import { clipFamily } from "./clip/clip-family.js";
import type { FamilyDefinition, ModelPreset } from "./family.js";
import { gitFamily } from "./git/git-family.js";
import { simvlmFamily } from "./simvlm/simvlm-family.js";
import type { VisionLanguageModel } from "./vision-language-model.js";
import { vitGpt2Family } from "./vit-gpt2/vit-gpt2-family.js";
import { withWeights } from "./weight-precision.js";

/** The families there are, a line each; {@link addFamilies} adds those of plug-ins. */
const FAMILIES: FamilyDefinition[] = [
  simvlmFamily, //
  gitFamily,
  blipFamily,
  vitGpt2Family,
  clipFamily,
];

const OWN: ReadonlySet<FamilyDefinition> = new Set(FAMILIES);

/** Whether a family is one of this package's, and no plug-in's. */
export function isOwnFamily(family: FamilyDefinition): boolean {
  return OWN.has(family);
}

/** All families that are known. */
export function listFamilies(): readonly FamilyDefinition[] {
  return FAMILIES;
}

/**
 * Makes further families known. One that is known already may be given again.
 * @throws SimvlmError `duplicate-name` for another one of the same name; then none is added
 */
export function addFamilies(definitions: readonly FamilyDefinition[]): void {
  const added: FamilyDefinition[] = [];
  for (const definition of definitions) {
    const known = [...FAMILIES, ...added].find(({ name }) => name === definition.name);
    if (known === definition) continue;
    if (known) {
      throw new SimvlmError(
        "duplicate-name",
        `There is already a family of models called ${definition.name}. Give the new one another name.`,
      );
    }
    added.push(definition);
  }
  FAMILIES.push(...added);
}

/**
 * The family of a checkpoint by what its config.json says.
 * @param where the config was read, for the message
 * @throws SimvlmError `unknown-family` naming those there are
 */
export function findFamily(config: unknown, where: string): FamilyDefinition {
  const found = recognizeFamily(config);
  if (found) return found;
  const { model_type } = Object(config) as { readonly model_type?: unknown };
  const said =
    typeof model_type === "string" ? `, whose model_type is ${JSON.stringify(model_type.slice(0, 60))},` : "";
  throw new SimvlmError(
    "unknown-family",
    `${where}${said} belongs to none of the known families of models: ${FAMILIES.map(({ title }) => title).join(", ")}. ` +
      "It must be the config.json of a checkpoint of one of them.",
  );
}

/** As {@link findFamily}; undefined for a config that no family recognises. */
export function recognizeFamily(config: unknown): FamilyDefinition | undefined {
  if (typeof config !== "object" || config === null || Array.isArray(config)) return undefined;
  const fields = config as Readonly<Record<string, unknown>>;
  return FAMILIES.find((family) => family.recognizes(fields));
}

/**
 * The family of a checkpoint.
 * @param nameOrPath as {@link resolveModelFolder} takes it
 * @throws SimvlmError `no-checkpoint`, `bad-json`, `unknown-family`
 */
export async function familyOf(nameOrPath: string): Promise<FamilyDefinition> {
  const folder = await resolveModelFolder(nameOrPath);
  return findFamily(await readConfig(folder), join(folder, FILES.config));
}

/** Whether the family is known; a checkpoint that is broken, so that it has none, is for whoever reads it to tell. */
export async function isFamilyKnown(folder: string): Promise<boolean> {
  return familyOf(folder).then(
    () => true,
    (error: unknown) => !(error instanceof SimvlmError && error.code === "unknown-family"),
  );
}

/**
 * The model of a checkpoint, of whatever family.
 * @param nameOrPath as {@link resolveModelFolder} takes it
 * @throws SimvlmError `no-checkpoint`, `unknown-family`, `no-int8`, and what its family throws
 */
export async function openCheckpoint(nameOrPath: string, { weights }: OpenOptions = {}): Promise<VisionLanguageModel> {
  const folder = await resolveModelFolder(nameOrPath);
  return withWeights(await withPackages((await familyOf(folder)).open(folder)), weights);
}

/** How a checkpoint is opened. */
export interface OpenOptions {
  /** `int8`: its matrices in eight bits, for being asked only. Default `float32`. */
  readonly weights?: MatrixPrecision | undefined;
}

/**
 * SHA-256 of the files that a checkpoint's answers depend on, and of its weights.
 * @param nameOrPath as {@link resolveModelFolder} takes it
 * @param moreFiles of the folder, as far as they are there
 * @throws SimvlmError as {@link familyOf}
 */
export async function hashModel(nameOrPath: string, moreFiles: readonly string[] = []): Promise<CheckpointHashes> {
  const folder = await resolveModelFolder(nameOrPath);
  const family = await familyOf(folder);
  const weightNames = await family.weightNames?.(folder);
  const { weights, files } = await hashCheckpoint(folder, [...family.files, ...moreFiles], weightNames);
  return { ...(weights !== undefined && { weights }), files }; // the order that manifests have
}

/**
 * Looks through a model's weights for what is no number, or infinite.
 * @param nameOrPath as {@link resolveModelFolder} takes it
 * @throws SimvlmError `not-finite-weights` naming the tensor, and as {@link familyOf}
 */
export async function requireFiniteModel(nameOrPath: string): Promise<void> {
  const folder = await resolveModelFolder(nameOrPath);
  const names = await (await familyOf(folder)).weightNames?.(folder);
  const stored = await openStoredWeights(folder);
  try {
    await requireFiniteStored(stored, names);
  } finally {
    await stored.close();
  }
}

/** The sizes that models of random weights come in, of all families, by name; the first family goes first. */
export function listPresets(): ReadonlyMap<string, ModelPreset> {
  const presets = new Map<string, ModelPreset>();
  for (const family of FAMILIES) {
    for (const [name, preset] of Object.entries(family.presets ?? {})) {
      if (!presets.has(name)) presets.set(name, preset);
    }
  }
  return presets;
}

/** What a model of random weights is. */
export interface RandomModelOptions {
  /** Default `toy`. */
  readonly preset?: string;
  /** Default 1. */
  readonly seed?: number;
}

/**
 * A model with random weights, always the same for the same seed, with a small tokenizer whose 350 pieces are its
 * vocabulary: for trying things out before there is a trained one.
 * @throws SimvlmError `unknown-preset`
 */
export async function createRandomModel({
  preset = "toy",
  seed = 1,
}: RandomModelOptions = {}): Promise<VisionLanguageModel> {
  const source = `${preset}, random weights, seed ${seed}`;
  return withPackages(findPreset(preset).create(createRandom(seed), { source }));
}

/** @throws SimvlmError `unknown-preset` */
export function findPreset(name: string): ModelPreset {
  const presets = listPresets();
  const found = presets.get(name);
  if (found) return found;
  throw new SimvlmError(
    "unknown-preset",
    `There is no preset "${name}": it is one of ${[...presets.keys()].join(", ")}.`,
  );
}
