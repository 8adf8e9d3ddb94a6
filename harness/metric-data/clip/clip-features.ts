import { join } from "node:path";
import { CLIP_PROMPT, type ClipCompareOptions, SimvlmError } from "@simvlm/metrics";
import { hashText } from "../../files/hash.js";
import { readImage } from "../../images/image-source.js";
import { loadAhead } from "../../images/load-ahead.js";
import { inParallel } from "../../in-parallel.js";
import type { ClipModel } from "../../models/clip/clip-model.js";
import { inSlices } from "../../slices.js";
import { FeatureStore } from "./feature-store.js";

/** Pictures that CLIP looks at at a time. */
const PICTURES = 16;
/** Texts that it reads at a time. */
const TEXTS = 64;
/** Picture files hashed, and kept vectors read, at the same time. */
const AT_A_TIME = 16;

/** Is told how many vectors there are to compute; what it returns, how many more are done. */
export type OnStart = NonNullable<ClipCompareOptions["onStart"]>;

/** Vectors of pictures and texts that one CLIP has made, now or in an earlier process. */
export interface ClipFeatures {
  /** @returns a vector for each file @throws SimvlmError what reading and decoding pictures throws */
  ofPictures(files: readonly string[], onStart?: OnStart): Promise<ReadonlyMap<string, Float32Array>>;
  /** @param texts without the prompt @returns for each text its vector, and whether it was cut */
  ofTexts(texts: readonly string[], onStart?: OnStart): Promise<ReadonlyMap<string, TextFeatures>>;
}

/** What CLIP made of a text. */
export interface TextFeatures {
  readonly vector: Float32Array;
  readonly isCut: boolean;
}

/** @param folder where vectors are kept: of this CLIP alone, with this preparation of pictures */
export async function openClipFeatures(clip: ClipModel, folder: string): Promise<ClipFeatures> {
  const { projection } = clip.config;
  const pictures = await FeatureStore.open(join(folder, "pictures"), projection);
  const texts = await FeatureStore.open(join(folder, "texts"), projection);
  return {
    async ofPictures(files, onStart) {
      const unique = [...new Set(files)];
      const hashes = await inParallel(AT_A_TIME, unique, async (file) => hashText(await readImage(file)));
      const keys = new Map(hashes.map((key, i) => [unique[i]!, key]));
      const found = await inParallel(AT_A_TIME, [...new Set(hashes)], (key) => find(pictures, key));
      const known = new Map(found);
      const fileOf = new Map([...keys].map(([file, key]) => [key, file]));
      const missing = [...known].flatMap(([key, vector]) => (vector ? [] : fileOf.get(key)!));
      const tick = onStart?.(missing.length);
      const batches = inSlices(missing, PICTURES);
      let next = 0;
      for await (const loaded of loadAhead(batches, clip.preparation)) {
        const images = loaded.map((each) => {
          if (!each.ok) throw each.error;
          return each.image.data;
        });
        const vectors = await clip.embedImages(batches.length > 1 ? fill(images, PICTURES) : images);
        for (const [i, file] of batches[next++]!.entries()) {
          known.set(keys.get(file)!, vectors[i]!);
          await keep(pictures, keys.get(file)!, vectors[i]!);
        }
        tick?.(loaded.length);
      }
      await flush(pictures);
      return new Map(files.map((file) => [file, known.get(keys.get(file)!)!]));
    },
    async ofTexts(given, onStart) {
      const encoded = new Map([...new Set(given)].map((text) => [text, clip.encodeText(`${CLIP_PROMPT}${text}`)]));
      const idsOf = new Map([...encoded.values()].map(({ ids }) => [hashText(ids.join(" ")), ids]));
      const known = new Map(await inParallel(AT_A_TIME, [...idsOf.keys()], (key) => find(texts, key)));
      const missing = [...known].flatMap(([key, vector]) => (vector ? [] : key));
      missing.sort((a, b) => idsOf.get(a)!.length - idsOf.get(b)!.length); // texts of about one length share a batch
      const tick = onStart?.(missing.length);
      const batches = inSlices(missing, TEXTS);
      for (const keys of batches) {
        const ids = keys.map((key) => idsOf.get(key)!);
        const vectors = await clip.embedTexts(batches.length > 1 ? fill(ids, TEXTS) : ids);
        for (const [i, key] of keys.entries()) {
          known.set(key, vectors[i]!);
          await keep(texts, key, vectors[i]!);
        }
        tick?.(keys.length);
      }
      await flush(texts);
      return new Map(
        [...encoded].map(([text, { ids, isCut }]) => [text, { vector: known.get(hashText(ids.join(" ")))!, isCut }]),
      );
    },
  };
}

async function find(store: FeatureStore, key: string): Promise<[string, Float32Array | undefined]> {
  return [key, await store.get(key)];
}

/** A cache that cannot be written is done without. */
const keep = (store: FeatureStore, key: string, vector: Float32Array) => store.put(key, vector).catch(refuseOthers);
const flush = (store: FeatureStore) => store.flush().catch(refuseOthers);

function refuseOthers(error: unknown): void {
  if (!(error instanceof SimvlmError && error.code === "cannot-write")) throw error;
}

/** A batch of the size of the others, which the graph is made for. */
function fill<Item>(items: readonly Item[], size: number): Item[] {
  return Array.from({ length: size }, (_, i) => items[Math.min(i, items.length - 1)]!);
}
