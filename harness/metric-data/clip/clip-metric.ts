import { join } from "node:path";
import type { ClipComparison, ClipResources, ClipSimilarity, MetricExample } from "@simvlm/metrics";
import { SimvlmError } from "@simvlm/metrics";
import { hashCheckpoint } from "../../checkpoints/hash-checkpoint.js";
import { hashText } from "../../files/hash.js";
import { findPictureFault } from "../../images/image-source.js";
import { inParallel } from "../../in-parallel.js";
import { openClip } from "../../models/clip/clip-model.js";
import { clipShapes } from "../../models/clip/clip-network.js";
import { inSlices } from "../../slices.js";
import { metricCacheFolder } from "../folder.js";
import { type ClipFeatures, type OnStart, openClipFeatures, type TextFeatures } from "./clip-features.js";
import { rememberClip } from "./find-clip.js";

/** Examples looked at at a time: it bounds how many vectors of texts are in memory. */
const AT_A_TIME = 2000;
/** Picture files whose kind is looked at at the same time. */
const AT_ONCE = 16;
/** So many missing pictures are named. */
const NAMED = 10;
/** Letters of the hash that signatures call a CLIP by. */
const NAME_LENGTH = 12;

/**
 * A CLIP for CLIPScore and RefCLIPScore: the tables `clipscore` and `refclipscore`. What it makes of pictures and texts
 * is kept below the user's cache folder, by their content.
 * @param folder as the Hugging Face client leaves it
 * @throws SimvlmError what `openClip` throws
 */
export async function openClipMetric(folder: string): Promise<ClipResources> {
  const clip = await openClip(folder);
  const { weights } = await hashCheckpoint(folder, [], Object.keys(clipShapes(clip.config)));
  const identity = hashText(JSON.stringify([weights, clip.config, clip.preparation]));
  const name = identity.slice(0, NAME_LENGTH);
  const cache = join(metricCacheFolder("clip"), identity);
  await rememberClip(cache, folder);
  const features = await openClipFeatures(clip, cache);
  const seen = new WeakMap<readonly MetricExample[], Promise<ReadonlyMap<string, Float32Array>>>();
  return {
    name,
    places: clip.config.text.positions,
    async compare(examples, { references = false, onStart } = {}) {
      const pictures = seen.get(examples) ?? lookAt(examples, features, onStart);
      seen.set(examples, pictures);
      return compareTexts(examples, await pictures, features, references, onStart);
    },
  };
}

async function lookAt(
  examples: readonly MetricExample[],
  features: ClipFeatures,
  onStart: OnStart | undefined,
): Promise<ReadonlyMap<string, Float32Array>> {
  const files = examples.map(pictureOf);
  await requirePictures([...new Set(files)]);
  return features.ofPictures(files, onStart);
}

function pictureOf({ id, pictures = [] }: MetricExample): string {
  const [file] = pictures;
  if (file !== undefined && pictures.length === 1) return file;
  throw new SimvlmError(
    "metric-needs",
    `CLIPScore is of a caption and one picture, but example ${id} has ${pictures.length}.`,
  );
}

/** @throws SimvlmError `missing-pictures` */
async function requirePictures(files: readonly string[]): Promise<void> {
  const faults = await inParallel(AT_ONCE, files, findPictureFault);
  const missing = files.filter((_, i) => faults[i]);
  if (missing.length === 0) return;
  const named =
    missing.slice(0, NAMED).join(", ") + (missing.length > NAMED ? ` and ${missing.length - NAMED} more` : "");
  throw new SimvlmError(
    "missing-pictures",
    `CLIPScore looks at the pictures, and of ${files.length} pictures ${missing.length} are not there, or are none: ${named}. Say which folder they lie in.`,
  );
}

async function compareTexts(
  examples: readonly MetricExample[],
  pictures: ReadonlyMap<string, Float32Array>,
  features: ClipFeatures,
  withReferences: boolean,
  onStart: OnStart | undefined,
): Promise<ClipComparison> {
  const similarities: ClipSimilarity[] = [];
  const cut = { captions: 0, references: 0 };
  for (const some of inSlices(examples, AT_A_TIME)) {
    const read = some.flatMap(({ prediction, references }) => [prediction, ...(withReferences ? references : [])]);
    const texts = await features.ofTexts(read, onStart);
    for (const example of some) {
      const caption = texts.get(example.prediction)!;
      const references = withReferences ? example.references.map((text) => texts.get(text)!) : undefined;
      cut.captions += Number(caption.isCut);
      cut.references += references?.filter(({ isCut }) => isCut).length ?? 0;
      similarities.push({
        picture: cosine(pictures.get(pictureOf(example))!, caption.vector),
        references: references?.map((reference: TextFeatures) => cosine(reference.vector, caption.vector)),
      });
    }
  }
  return { similarities, cut };
}

/** Of vectors of length 1. */
function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return Math.min(1, Math.max(-1, sum));
}
