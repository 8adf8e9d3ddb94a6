import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { SimvlmError } from "@simvlm/metrics";
import { cacheFolder } from "../files/home.js";
import { findPreset, openCheckpoint } from "../models/family-registry.js";
import type { VisionLanguageModel } from "../models/vision-language-model.js";
import type { RemoteOptions } from "../network/remote-files.js";
import { createRandom } from "../random.js";
import { print, tell } from "../terminal/streams.js";
import { readTokenizerFile, serializeTokenizer } from "../text/tokenizer-file.js";
import { describeShards, findDocuments, findPairs, findValidationPairs } from "../training/find-shards.js";
import type { PretrainingData } from "../training/pretraining-batches.js";
import { PRETRAINING_DEFAULTS, type PretrainingRecipe } from "../training/pretraining-recipe.js";
import { trainVocabulary } from "../training/train-vocabulary.js";
import { SESSION_FILES } from "../training/training-session.js";
import { PRESET_NAMES } from "./model-options.js";
import {
  LIMITS,
  type OptionsOf,
  parseBytes,
  parseCount,
  parseFolder,
  parsePositive,
  parsePositiveInteger,
  parsePositiveShare,
  parseSeed,
  parseShare,
  parseTwoNames,
  upTo,
  withOptions,
} from "./options.js";
import { runTrainingCommand, trainingOptions } from "./training-options.js";
import { MODEL_CHANGES, pickChanges, variantOptions } from "./variant-options.js";

const NOTES = `
Examples:
  $ simvlm pretrain --pairs-from toybox/web --documents-from toybox/text --out runs/pretraining --steps 4000
  $ simvlm pretrain --pairs-from toybox/web --out runs/short --longest-text 8 --whole-suffix 1 --steps 3000
  $ simvlm pretrain --pairs-from toybox/web --checkpoint runs/short/checkpoint --out runs/pretraining --steps 9000
  $ simvlm pretrain --pairs-from laion --out runs/pretraining --preset base --steps 100000 --accumulate 16
  $ simvlm pretrain --pairs-from toybox/web --out runs/lm --layout decoder-only --objective lm --steps 4000
  $ simvlm pretrain --documents-from toybox/text --pairs 0 --documents 24 --out runs/text-alone --steps 4000

Short texts first, then all of them: a small model learns sooner what a thing looks like where little else is said about it.

Pairs are WebDataset shards (train-*.tar, 00000.tar as img2dataset has them, packed or not) or, where there are none, Parquet
with the pictures in it, as the Hugging Face hub serves data sets; documents are JSON lines or Parquet (train-*.json.gz, or C4's
c4-train.*.json.gz). Both are read as streams. Instead of a folder a file may be named, or many: 'laion/{00000..00012}.tar'.
Tars may lie in buckets and on web servers: 's3://bucket/laion/{00000..00012}.tar', with AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, AWS_REGION and AWS_ENDPOINT_URL; what was read is kept, up to --shard-cache-size.
A training that was stopped by Ctrl-C or killed continues with the same command, to the same weights bit for bit. At the
end, the checkpoint appears in OUT/checkpoint.`;

/** Of shards from servers, in bytes. */
const CACHE_SIZE = 20e9;

/** `simvlm pretrain` */
export function createPretrainCommand(): CommandUnknownOpts {
  return defineCommand().action(runPretrain);
}

/** What options of `simvlm pretrain` ask for. */
export type PretrainOptions = OptionsOf<typeof defineCommand>;

function defineCommand() {
  const defaults = PRETRAINING_DEFAULTS;
  const command = new Command("pretrain")
    .description("Pretrain a model on noisy image-text pairs and documents, with PrefixLM.")
    .option(
      "--pairs-from <where>",
      "the folder with the shards of image-text pairs, or shards by name; tars may be at s3:// or https:// addresses",
    )
    .option(
      "--shard-cache <folder>",
      "where shards of servers are kept (default: below your cache folder)",
      parseFolder,
    )
    .option(
      "--shard-cache-size <bytes>",
      "how much is kept of them, such as 100GB; 0 for nothing",
      parseBytes,
      CACHE_SIZE,
    )
    .option("--columns <image,text>", "of Parquet, the columns of pictures and of texts", parseTwoNames)
    .option("--documents-from <folder>", "the folder with the text-only documents, or files by name (default: none)")
    .requiredOption("--out <folder>", "the training's folder", parseFolder)
    .requiredOption("--steps <n>", "training steps", parsePositiveInteger)
    .addOption(new Option("--preset <name>", "the size of the model").choices(PRESET_NAMES).default("toy"))
    .addOption(
      new Option("--checkpoint <folder>", "a pretrained model to continue from (default: fresh weights)").conflicts([
        "preset",
        "imageSize",
        "tokenizer",
        ...MODEL_CHANGES,
      ]),
    )
    .option("--image-size <pixels>", "side of the picture (default: the preset's)", upTo(4096, parsePositiveInteger))
    .option("--tokenizer <file>", "a tokenizer.json (default: one is trained on the texts)")
    .option("--seed <n>", "seed for weights, order, crops and cuts", parseSeed, defaults.seed)
    .option("--learning-rate <x>", "peak learning rate", parsePositive, defaults.learningRate)
    .option(
      "--pairs <n>",
      "image-text pairs per batch; 0 for text alone",
      upTo(LIMITS.batch, parseCount),
      defaults.pairs,
    )
    .option("--documents <n>", "documents per batch", upTo(LIMITS.batch, parseCount), defaults.documents)
    .option(
      "--accumulate <n>",
      "parts that each batch is computed in",
      upTo(LIMITS.batch, parsePositiveInteger),
      defaults.accumulate,
    )
    .option(
      "--prefix-length <n>",
      "longest text in the encoder, in tokens",
      upTo(LIMITS.tokens, parsePositiveInteger),
      defaults.prefixLength,
    )
    .option(
      "--suffix-length <n>",
      "longest text in the decoder, in tokens",
      upTo(LIMITS.tokens, parsePositiveInteger),
      defaults.suffixLength,
    )
    .option(
      "--whole-suffix <share>",
      "share of pairs whose text is not cut: all of it must be told from the picture",
      parseShare,
      defaults.wholeSuffix,
    )
    .option(
      "--longest-text <n>",
      "skip pairs whose text is longer, in tokens (default: skip none)",
      parsePositiveInteger,
    )
    .option(
      "--min-crop <share>",
      "smallest share of a picture that a crop may show",
      parsePositiveShare,
      defaults.minCrop,
    )
    .option("--clip-norm <x>", "norm that gradients are clipped to", parsePositive, defaults.clipNorm)
    .option("--weight-decay <x>", "weight decay of AdamW", parseShare, defaults.weightDecay)
    .option(
      "--max-fault-rate <share>",
      "share of unreadable examples that is tolerated",
      parseShare,
      defaults.maxFaultRate,
    );
  return withOptions(withOptions(command, variantOptions), trainingOptions).addHelpText("after", NOTES);
}

async function runPretrain(options: PretrainOptions): Promise<void> {
  const { pretrain } = await import("../training/pretraining.js"); // --help does without the engine
  const { out, checkpoint, steps } = options;
  const data = await findData(options);
  const model = checkpoint === undefined ? await startAfresh(options, data) : await openCheckpoint(checkpoint);
  const { longestText, seed, learningRate, pairs, documents, accumulate } = options;
  const { prefixLength, suffixLength, wholeSuffix, minCrop, clipNorm, weightDecay, maxFaultRate } = options;
  const { objective, fixedPrefix, pairShare, wrongPairs } = options;
  const recipe: PretrainingRecipe = {
    ...{ steps, longestText, seed, learningRate, pairs, documents, accumulate },
    ...(objective !== "prefix-lm" && { objective }),
    ...{ fixedPrefix, pairShare, wrongPairs },
    ...{ prefixLength, suffixLength, wholeSuffix, minCrop, clipNorm, weightDecay, maxFaultRate },
  };
  const finished = await runTrainingCommand(options, steps, (training) => pretrain(out, model, data, recipe, training));
  if (finished) await print(join(out, "checkpoint"));
}

/**
 * Finds what is wrong with a training as far as it shows before anything is read of its data, or written.
 * @throws SimvlmError what the training would end with
 */
export async function rehearsePretraining(options: PretrainOptions): Promise<void> {
  const { checkpoint, tokenizer } = options;
  await findData(options);
  if (checkpoint !== undefined) await openCheckpoint(checkpoint);
  if (tokenizer !== undefined) await readTokenizerFile(tokenizer);
}

/** @throws SimvlmError `bad-option` where a batch would have pairs or nothing at all, and no pairs are named */
async function findData({ pairsFrom, documentsFrom, columns, pairs, shardCache, shardCacheSize }: PretrainOptions) {
  if (pairsFrom === undefined && (pairs > 0 || documentsFrom === undefined)) {
    throw new SimvlmError(
      "bad-option",
      "There is nothing to train on: name pairs with --pairs-from, or, for text alone, documents with --documents-from and --pairs 0.",
    );
  }
  const found =
    pairsFrom === undefined ? undefined : await findPairs(pairsFrom, readRemoteOptions(shardCache, shardCacheSize));
  const texts = documentsFrom === undefined ? undefined : await findDocuments(documentsFrom);
  const described = [found && `pairs: ${describeShards(found)}`, texts && `documents: ${describeShards(texts)}`];
  tell(described.filter((each) => each !== undefined).join("; "));
  return {
    pairs: found?.shards ?? [],
    columns,
    remote: found?.remote,
    validation: pairsFrom === undefined ? [] : await findValidationPairs(pairsFrom),
    documents: texts?.shards ?? [],
  };
}

/** How shards on servers are read, and where they are kept. */
function readRemoteOptions(cache: string | undefined, mostBytes: number): RemoteOptions {
  const folder = () => cache ?? join(cacheFolder(), "shards");
  return { onNote: tell, ...(mostBytes > 0 && { cache: { folder: folder(), mostBytes } }) };
}

async function startAfresh(options: PretrainOptions, data: PretrainingData): Promise<VisionLanguageModel> {
  const { out, preset: name, imageSize, tokenizer: given, seed } = options;
  const preset = findPreset(name);
  const tokenizerText = await readOrTrainTokenizer(out, given, data, preset.vocabularySize);
  return preset.create(createRandom(seed), { tokenizerText, imageSize, changes: pickChanges(options) });
}

/** The tokenizer that was given, or the training's own, which is made before the first step. */
async function readOrTrainTokenizer(
  out: string,
  given: string | undefined,
  data: PretrainingData,
  vocabularySize: number,
): Promise<string> {
  if (given !== undefined) return serializeTokenizer(await readTokenizerFile(given));
  // Without a recipe it may be that of other texts.
  const path = join(out, "tokenizer.json");
  if (existsSync(path) && existsSync(join(out, SESSION_FILES.recipe))) {
    return serializeTokenizer(await readTokenizerFile(path));
  }
  tell("training a tokenizer on the texts");
  const { file } = await trainVocabulary(data, vocabularySize);
  return serializeTokenizer(file);
}
