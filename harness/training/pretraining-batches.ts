import { readDocuments, type TextDocument } from "../formats/documents.js";
import type { PairColumns } from "../formats/parquet-pairs.js";
import { type WebPair, withoutPlace } from "../formats/web-pair.js";
import { type RemoteShards, readWebPairs } from "../formats/web-pairs.js";
import type { Objective, PretrainingPlaces, WebExample } from "../models/trainable.js";
import type { VisionLanguageModel } from "../models/vision-language-model.js";
import type { Random } from "../random.js";
import type { Tokenizer } from "../text/assemble-tokenizer.js";
import { choosePairs } from "./choose-pairs.js";
import { FaultCounter, type FaultCounts } from "./faults.js";
import type { BatchSource, SourcedBatch } from "./loop.js";
import { type PretrainingRecipe, textCutOf } from "./pretraining-recipe.js";
import { ShardStream, type StreamPosition } from "./shard-stream.js";
import { type KnownVersions, ShardVersions } from "./shard-versions.js";
import { TrainingPictures } from "./training-pictures.js";

/** The files that a pretraining reads. */
export interface PretrainingData {
  /** Shards in WebDataset's format, or Parquet. */
  readonly pairs: readonly string[];
  /** Of Parquet, the columns of pictures and of texts, where they are not the only ones that can be meant. */
  readonly columns?: PairColumns | undefined;
  /** Those of the shards of pairs that are files on servers. */
  readonly remote?: RemoteShards | undefined;
  /** Files of JSON lines; none for a pretraining without text-only documents. */
  readonly documents: readonly string[];
}

/** What of a recipe says how batches are drawn. */
type BatchRecipe =
  | "pairs"
  | "documents"
  | "accumulate"
  | "prefixLength"
  | "suffixLength"
  | "wholeSuffix"
  | "longestText"
  | "objective"
  | "fixedPrefix"
  | "pairShare"
  | "wrongPairs"
  | "minCrop"
  | "maxFaultRate";

/** How batches are drawn from pairs and documents. */
export interface PretrainingBatchOptions extends Pick<PretrainingRecipe, BatchRecipe> {
  /** Of the model: puts drawn examples together. */
  readonly batcher: Pick<Objective<WebExample, PretrainingPlaces>, "toBatch">;
  readonly random: Random;
  readonly bufferSize: number;
  readonly onFault: (where: string, problem: string) => void;
  /** Ends the reading once it is aborted: it throws. */
  readonly signal: AbortSignal;
}

interface Position {
  readonly pairs?: StreamPosition | undefined;
  readonly documents?: StreamPosition | undefined;
  readonly faults: FaultCounts;
  /** Of the shards of pairs, then of documents; absent where an earlier version wrote it. */
  readonly versions?: KnownVersions | undefined;
}

/**
 * Batches of noisy pairs and text-only documents, mixed within each batch as in the paper (§4.1): first the pairs, with
 * their images, then the documents, without. A text that is too long is cut.
 * @param position where a training continues
 * @throws SimvlmError `changed-data` if shards are others than before, which may also show when they are read; `no-examples`
 */
export async function openPretrainingBatches(
  data: PretrainingData,
  model: Pick<VisionLanguageModel, "tokenizer" | "preparation">,
  options: PretrainingBatchOptions,
  position?: unknown,
): Promise<BatchSource> {
  const { random, bufferSize, maxFaultRate, onFault, signal } = options;
  const from = position as Position | undefined;
  const counter = new FaultCounter(maxFaultRate, onFault, from?.faults);
  const versions = await lookAtShards(data, from?.versions);
  const remote = data.remote?.until(signal, (name, version) => versions.see(name, version));
  /** A shard may also change between two passes. */
  const lookFirst = async function* <T>(path: string, items: AsyncIterable<T>) {
    if (!remote?.has(path)) await versions.look(path);
    yield* items;
  };
  const common = {
    bufferSize,
    signal,
    onFault: (where: string, problem: string) => {
      counter.see();
      counter.add(where, problem);
    },
    onRead: (what: "example" | "pass") => (what === "pass" ? counter.endPass() : counter.see()),
  };
  const { longestText = Number.POSITIVE_INFINITY, pairShare, wrongPairs } = options;
  const pictures = new TrainingPictures(model.preparation, options.minCrop);
  const choice = { pairShare, wrongPairs, random: random.fork("choice") };
  const pairs =
    options.pairs === 0
      ? undefined
      : await ShardStream.open<WebPair>(
          {
            ...common,
            shards: data.pairs,
            read: (path, onFault) =>
              choosePairs(lookFirst(path, readWebPairs(path, onFault, data.columns, remote)), path, choice),
            accepts: ({ text }) => model.tokenizer.encode(text).length <= longestText,
            random: random.fork("pairs"),
          },
          from?.pairs,
        );
  const documents =
    data.documents.length === 0 || options.documents === 0
      ? undefined
      : await ShardStream.open<TextDocument>(
          {
            ...common,
            shards: data.documents,
            read: (path, onFault) => lookFirst(path, readDocuments(path, onFault)),
            random: random.fork("documents"),
          },
          from?.documents,
        ).catch(async (error: unknown) => {
          await pairs?.close();
          throw error;
        });
  return {
    async next(step) {
      const stream = random.fork("step").fork(step);
      const illustrated = pairs ? await drawPairs(pairs, options.pairs, pictures, counter, stream) : [];
      const written: TextDocument[] = [];
      for (let i = 0; documents && i < options.documents; i++) {
        written.push(await documents.next());
      }
      return {
        ...toParts(illustrated, written, stream.fork("cut"), model.tokenizer, options),
        position: {
          pairs: pairs?.position,
          documents: documents?.position,
          faults: counter.counts,
          versions: versions.known,
        } satisfies Position,
        faults: counter.counts.faults,
      };
    },
    async close() {
      await pairs?.close();
      await documents?.close();
    },
  };
}

/** Looks at all shards of this machine; of others, at what has been read of them before, for their words. */
async function lookAtShards({ pairs, documents, remote }: PretrainingData, known?: KnownVersions) {
  const names = [...pairs, ...documents];
  const versions = new ShardVersions(names, known);
  for (const name of names) {
    const version = remote?.versionOf(name);
    if (version) versions.see(name, version);
    else if (!remote?.has(name)) await versions.look(name);
  }
  return versions;
}

interface Illustrated {
  readonly id: string;
  readonly text: string;
  readonly image: Float32Array;
}

/** As many pairs as a batch has; for a picture that cannot be read the next pair is taken. */
async function drawPairs(
  stream: ShardStream<WebPair>,
  pairs: number,
  pictures: TrainingPictures,
  counter: FaultCounter,
  random: Random,
): Promise<Illustrated[]> {
  const drawn: Illustrated[] = [];
  for (let attempt = 0; drawn.length < pairs; attempt++) {
    const candidates: WebPair[] = [];
    while (candidates.length < pairs - drawn.length) {
      candidates.push(await stream.next());
    }
    const images = await pictures.load(
      candidates.map(({ id, image }) => ({ name: id, bytes: image })),
      random.fork("crop").fork(attempt),
    );
    for (const [index, result] of images.entries()) {
      const { id, text } = candidates[index]!;
      if (result.ok) {
        drawn.push({ id, text, image: result.image.data });
        counter.use();
      } else counter.add(id, withoutPlace(result.error.message, id));
    }
  }
  return drawn;
}

/** Each part has its share of pairs and of documents, so that all have one shape. */
function toParts(
  pairs: readonly Illustrated[],
  documents: readonly TextDocument[],
  random: Random,
  tokenizer: Tokenizer,
  { batcher, ...recipe }: PretrainingBatchOptions,
): Pick<SourcedBatch, "parts" | "ids"> {
  const share = <T>(items: readonly T[], part: number): readonly T[] =>
    items.slice((part * items.length) / accumulate, ((part + 1) * items.length) / accumulate);
  const { accumulate, prefixLength, suffixLength, wholeSuffix } = recipe;
  const cut = textCutOf(recipe);
  const places = { prompt: prefixLength, text: suffixLength - 1, wholeText: wholeSuffix, cut };
  const tokens = (text: string) => tokenizer.encode(text).slice(0, places.prompt + places.text);
  const parts = Array.from({ length: accumulate }, (_, part) => {
    const examples: WebExample[] = [
      ...share(pairs, part).map(({ image, text }) => ({ image, text: tokens(text) })),
      ...share(documents, part).map(({ text }) => ({ text: tokens(text) })),
    ];
    return batcher.toBatch(examples, places, random.fork(part));
  });
  return { parts, ids: [...pairs, ...documents].map(({ id }) => id) };
}
