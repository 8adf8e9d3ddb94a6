import { resolve } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { Command } from "commander";
import { assetPath } from "../files/asset.js";
import { printable } from "../terminal/printable.js";
import { saveTokenizer } from "../text/tokenizer-file.js";
import type { TrainingProgress } from "../text/training/train.js";
import { trainTokenizerFiles } from "../text/training/train-files.js";
import { loadTokenizer } from "../text/unigram.js";
import { parsePositiveInteger, parsePositiveShare } from "./options.js";

interface TrainCommandOptions {
  readonly vocab: number;
  readonly coverage: number;
  readonly out: string;
  readonly json: boolean;
}

const TRAIN_EXAMPLES = `
Examples:
  $ simvlm tokenizer train train.en train.de --vocab 8000 --out tokenizer.json
  $ simvlm tokenizer train c4.txt.gz --vocab 32000 --coverage 0.999 --out tokenizer.json

Texts are UTF-8, one sentence or document per line, compressed (.gz) or not. 260 pieces are fixed: special tokens and bytes.
The same files in the same order give the same tokenizer.`;

const ENCODE_EXAMPLES = `
Examples:
  $ simvlm tokenizer encode "a dog runs" --tokenizer tokenizer.json
  $ simvlm tokenizer encode "a dog runs" --json`;

export function createTokenizerCommand(): Command {
  return new Command("tokenizer")
    .description("Train a vocabulary of subword pieces, or look at what one makes of a text.")
    .addCommand(createTrainCommand())
    .addCommand(createEncodeCommand())
    .addHelpText("after", "\nExample:\n  $ simvlm tokenizer train train.en --vocab 8000 --out tokenizer.json");
}

function createTrainCommand(): Command {
  return new Command("train")
    .summary("learn a vocabulary from text files")
    .description("Learn a unigram vocabulary from text files and write it as tokenizer.json.")
    .argument("<file...>", "UTF-8 text")
    .requiredOption("--out <file>", "the tokenizer.json to write")
    .option("--vocab <n>", "total number of pieces", parsePositiveInteger, 8000)
    .option(
      "--coverage <p>",
      "share of the characters that get pieces; the rest is spelled in bytes",
      parsePositiveShare,
      0.9995,
    )
    .option("--json", "print the training's report as JSON", false)
    .addHelpText("after", TRAIN_EXAMPLES)
    .action(runTrain);
}

async function runTrain(files: readonly string[], { vocab, coverage, out, json }: TrainCommandOptions): Promise<void> {
  if (files.some((file) => resolve(file) === resolve(out))) {
    throw new SimvlmError("bad-option", `${out} is an input and would be overwritten: write to another file.`);
  }
  const { file, report } = await trainTokenizerFiles(files, { vocabSize: vocab, coverage, onProgress });
  await saveTokenizer(file, out);
  const { vocabSize, lines, words, tokensPerWord } = report;
  const sentence = `${printable(out)}: ${vocabSize} pieces from ${words} words in ${lines} lines; ${tokensPerWord.toFixed(2)} tokens per word`;
  process.stdout.write(`${json ? JSON.stringify(report, null, 2) : sentence}\n`);
}

function onProgress(progress: TrainingProgress): void {
  const line =
    progress.stage === "reading"
      ? `read ${progress.lines} lines`
      : `round ${progress.round}: ${progress.pieces} pieces, ${progress.target} wanted`;
  process.stderr.write(`${line}\n`);
}

interface EncodeOptions {
  readonly tokenizer?: string;
  readonly json: boolean;
}

function createEncodeCommand(): Command {
  return new Command("encode")
    .summary("show a text's pieces")
    .description("Show the pieces of a text and their ids.")
    .argument("<text>", "the text")
    .option("--tokenizer <file>", "a tokenizer.json (default: the small one of random models)")
    .option("--json", 'print {"ids", "pieces"}', false)
    .addHelpText("after", ENCODE_EXAMPLES)
    .action(runEncode);
}

async function runEncode(text: string, { tokenizer: path, json }: EncodeOptions): Promise<void> {
  const tokenizer = await loadTokenizer(path ?? assetPath("tokenizer.json"));
  const ids = tokenizer.encode(text);
  const pieces = tokenizer.pieces(ids);
  const lines = ids.map((id, i) => `${String(id).padStart(6)}  ${printable(pieces[i]!)}\n`).join("");
  process.stdout.write(json ? `${JSON.stringify({ ids, pieces })}\n` : lines);
}
