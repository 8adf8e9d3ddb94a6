import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { assetPath } from "../files/asset.js";
import { escapeUnseen, formatJson } from "../terminal/json.js";
import { print, printData, tell } from "../terminal/streams.js";
import { loadTokenizer } from "../text/load-tokenizer.js";
import { serializeTokenizer } from "../text/tokenizer-file.js";
import type { TrainingProgress } from "../text/training/train.js";
import { trainTokenizerFiles } from "../text/training/train-files.js";
import { type OptionsOf, parsePositiveInteger, parsePositiveShare, upTo } from "./options.js";
import { checkOutputs, printBeside, writeOutputs } from "./output.js";

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

/** `simvlm tokenizer` */
export function createTokenizerCommand(): CommandUnknownOpts {
  return new Command("tokenizer")
    .description("Train a vocabulary of subword pieces, or look at what one makes of a text.")
    .addCommand(defineTrainCommand().action(runTrain))
    .addCommand(defineEncodeCommand().action(runEncode))
    .addHelpText("after", "\nExample:\n  $ simvlm tokenizer train train.en --vocab 8000 --out tokenizer.json");
}

function defineTrainCommand() {
  return new Command("train")
    .summary("learn a vocabulary from text files")
    .description("Learn a unigram vocabulary from text files and write it as tokenizer.json.")
    .argument("<file...>", "UTF-8 text")
    .requiredOption("--out <file>", "the tokenizer.json to write; - for standard output")
    .option("--vocab <n>", "total number of pieces", upTo(10_000_000, parsePositiveInteger), 8000)
    .option(
      "--coverage <p>",
      "share of the characters that get pieces; the rest is spelled in bytes",
      parsePositiveShare,
      0.9995,
    )
    .option("--json", "print the training's report as JSON", false)
    .addHelpText("after", TRAIN_EXAMPLES);
}

async function runTrain(
  files: readonly string[],
  { vocab, coverage, out, json }: OptionsOf<typeof defineTrainCommand>,
): Promise<void> {
  // What `--json` prints takes standard output, too.
  await checkOutputs(json ? [out, "-"] : [out], files);
  const { file, report } = await trainTokenizerFiles(files, { vocabSize: vocab, coverage, onProgress });
  await writeOutputs([[out, escapeUnseen(serializeTokenizer(file))]]);
  const { vocabSize, lines, words, tokensPerWord } = report;
  const sentence = `${out}: ${vocabSize} pieces from ${words} words in ${lines} lines; ${tokensPerWord.toFixed(2)} tokens per word`;
  if (json) await printData(`${formatJson(report, 2)}\n`);
  else await printBeside([out], () => sentence);
}

function onProgress(progress: TrainingProgress): void {
  const line =
    progress.stage === "reading"
      ? `read ${progress.lines} lines`
      : `round ${progress.round}: ${progress.pieces} pieces, ${progress.target} wanted`;
  tell(line);
}

function defineEncodeCommand() {
  return new Command("encode")
    .summary("show a text's pieces")
    .description("Show the pieces of a text and their ids.")
    .argument("<text>", "the text")
    .option("--tokenizer <file>", "a tokenizer.json (default: the small one of random models)")
    .option("--json", 'print {"ids", "pieces"}', false)
    .addHelpText("after", ENCODE_EXAMPLES);
}

async function runEncode(
  text: string,
  { tokenizer: path, json }: OptionsOf<typeof defineEncodeCommand>,
): Promise<void> {
  const tokenizer = await loadTokenizer(path ?? assetPath("tokenizer.json"));
  const ids = tokenizer.encode(text);
  const pieces = tokenizer.pieces(ids);
  if (json) await printData(`${formatJson({ ids, pieces })}\n`);
  else
    await print(ids.map((id, i) => `${String(id).padStart(6)}  ${pieces[i]!.replaceAll("\n", "\ufffd")}`).join("\n"));
}
