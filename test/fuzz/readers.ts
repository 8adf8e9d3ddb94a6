import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { SimvlmError } from "@simvlm/metrics";
import fc from "fast-check";
import { pack } from "tar-stream";
import { openStoredWeights } from "../../harness/checkpoints/open-stored-weights.js";
import { isStoredType } from "../../harness/checkpoints/storage-types.js";
import { readCocoCaptions } from "../../harness/formats/coco.js";
import { readDocuments } from "../../harness/formats/documents.js";
import { type FileShape, readShape } from "../../harness/formats/file-shape.js";
import { readFlickr } from "../../harness/formats/flickr.js";
import { readNlvr2 } from "../../harness/formats/nlvr2.js";
import { readNocaps } from "../../harness/formats/nocaps.js";
import { readCaptions } from "../../harness/formats/read-captions.js";
import { readHypotheses } from "../../harness/formats/read-hypotheses.js";
import { readQuestions } from "../../harness/formats/read-questions.js";
import { readStatements } from "../../harness/formats/read-statements.js";
import {
  readCaptionResults,
  readNlvr2Results,
  readSnliVeResults,
  readVqaResults,
} from "../../harness/formats/results.js";
import { readSliceTable } from "../../harness/formats/slice-table.js";
import { readSnliVe } from "../../harness/formats/snli-ve.js";
import { readAnswerList, readVqa } from "../../harness/formats/vqa.js";
import { readWebPairs } from "../../harness/formats/web-pairs.js";
import { decodeImage } from "../../harness/images/decode.js";
import { decodeReference } from "../../harness/images/decode-reference.js";
import { openClip } from "../../harness/models/clip/clip-model.js";
import { openCheckpoint } from "../../harness/models/family-registry.js";
import { loadTokenizer } from "../../harness/text/load-tokenizer.js";
import { project, Scratch } from "../harness/cli/run-cli.js";

/** A reader, and an input that it takes: a file, or a file of a folder. */
export interface Target {
  readonly name: string;
  readonly seed: Buffer;
  read(bytes: Buffer): Promise<unknown>;
}

/** What a reader may keep us waiting for at most, in milliseconds. */
const LONGEST = 2000;
/** What it may take of memory beyond what was there, in bytes. */
const MOST_MEMORY = 600_000_000;

const scratch = new Scratch();

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}

function ofFile(name: string, seed: Buffer | string, read: (path: string) => Promise<unknown>, end = ".json"): Target {
  const path = scratch.at(`fuzzed-${name.replace(/\W+/g, "-")}${end}`);
  return {
    name,
    seed: Buffer.from(seed),
    read(bytes) {
      writeFileSync(path, bytes);
      return read(path);
    },
  };
}

/** One file of a folder is damaged, the others stay. */
function ofFolder(folder: string, file: string, read: (folder: string) => Promise<unknown>): Target {
  const copy = scratch.at(`${folder}-${file}`.replace(/\W+/g, "-"));
  const name = `${folder}/${file}`;
  return {
    name,
    seed: readFileSync(join(project, "fixtures", folder, file)),
    read(bytes) {
      if (!existsSync(copy)) cpSync(join(project, "fixtures", folder), copy, { recursive: true });
      mkdirSync(dirname(join(copy, file)), { recursive: true });
      writeFileSync(join(copy, file), bytes);
      return read(copy);
    },
  };
}

const CAPTIONS = '{"images":[{"id":1,"file_name":"a.jpg"}],"annotations":[{"image_id":1,"id":2,"caption":"a dog"}]}';
const QUESTIONS = '{"data_subtype":"val2014","questions":[{"question_id":1,"image_id":2,"question":"what?"}]}';
const ANSWERS = '{"annotations":[{"question_id":1,"image_id":2,"answers":[{"answer":"dog","answer_id":1}]}]}';
const PAIR =
  '{"pairID":"1","gold_label":"neutral","sentence1":"a","sentence2":"b","Flickr30K_ID":"2","Flickr30kID":"2.jpg"}\n';

const VIZWIZ =
  '[{"image":"a.jpg","question":"?","answers":[{"answer":"can","answer_confidence":"yes"}],"answerable":1}]';
const KARPATHY =
  '{"images":[{"filename":"a.jpg","split":"test","cocoid":1,"sentences":[{"raw":"a dog"}]}],"dataset":"coco"}';
const SHARD = join(project, "fixtures/datasets/hub/data/test-00000-of-00003.parquet");

/** A reader of files whose format it is to recognise. */
const recognized = (read: (shapes: readonly FileShape[]) => Promise<unknown>) => async (path: string) =>
  read([await readShape(path)]);

async function packShard(): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of [
    ["1.jpg", "a picture"],
    ["1.txt", "a dog"],
    ["2.json", '{"caption":"a cat"}'],
    ["2.jpg", "a picture"],
  ] as const) {
    archive.entry({ name }, content);
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Every reader of files that come from outside. */
export async function listTargets(): Promise<Target[]> {
  const pictures = join(project, "fixtures/images");
  const weights = async (folder: string) => {
    const stored = await openStoredWeights(folder);
    try {
      const weight = [...stored.tensors].find(([, { dtype }]) => isStoredType(dtype));
      return weight && (await stored.read(weight[0]));
    } finally {
      await stored.close();
    }
  };
  return [
    ofFile("COCO captions", CAPTIONS, readCocoCaptions),
    ofFile("NoCaps", CAPTIONS, readNocaps),
    ofFile("COCO captions, packed", gzipSync(CAPTIONS), readCocoCaptions),
    ofFile("slices", 'id;sky;size\r\n"042";"blue; grey";1,5\r\n7;;2\r\n', readSliceTable, ".csv"),
    ofFile("VQA questions", QUESTIONS, (questions) => readVqa({ questions })),
    ofFile("VQA answers", ANSWERS, (annotations) => readVqa({ annotations })),
    ofFile("VizWiz's questions", VIZWIZ, recognized(readQuestions)),
    ofFile("GQA", '{"1":{"imageId":"n1","question":"?","answer":"no"}}', recognized(readQuestions)),
    ofFile("Karpathy's splits", KARPATHY, recognized(readCaptions)),
    ofFile("a table of captions", 'image,caption\na.jpg,"a, b"\n', recognized(readCaptions), ".csv"),
    ofFile("statements", '[{"sentence":"a","label":"True","images":["a","b"]}]', recognized(readStatements)),
    ofFile("hypotheses", '{"image":"a.jpg","hypothesis":"a","label":1}\n', recognized(readHypotheses)),
    ofFile("captions in Parquet", readFileSync(SHARD), recognized(readCaptions), ".parquet"),
    ofFile("a picture in Parquet", readFileSync(SHARD), (path) => decodeImage(`${path}#image[1]`), ".parquet"),
    ofFile("a list of answers", '["yes", "no"]', readAnswerList),
    ofFile("NLVR2", '{"identifier":"dev-1-0-0","sentence":"a","label":"True"}\n', readNlvr2),
    ofFile("SNLI-VE", PAIR, readSnliVe),
    ofFile("e-SNLI-VE", 'pairID,Flickr30kID,hypothesis,gold_label\n1,2.jpg,"a, b",neutral\n', readSnliVe, ".csv"),
    ofFile("Flickr", "a.jpg#0\ta dog\na.jpg#1\ta cat\n", readFlickr, ".token"),
    ofFile("captions", '[{"image_id":1,"caption":"a dog"}]', readCaptionResults),
    ofFile(
      "captions, a line each",
      '{"image_id":1,"caption":"a dog"}\n{"image_id":2,"caption":""}',
      readCaptionResults,
    ),
    ofFile("answers", '[{"question_id":1,"answer":"dog"}]', readVqaResults),
    ofFile("NLVR2 predictions", "dev-1-0-0,True\ndev-1-0-1,False\n", readNlvr2Results, ".csv"),
    ofFile("SNLI-VE predictions", "1,neutral\n2,entailment\n", readSnliVeResults, ".csv"),
    ofFile("documents", gzipSync('{"text":"one"}\n{"text":"two"}\n'), (path) => drain(readDocuments(path, () => {}))),
    ofFile("a shard", await packShard(), (path) => drain(readWebPairs(path, () => {})), ".tar"),
    ofFile("our tokenizer", readFileSync(join(project, "fixtures/checkpoints/caption/tokenizer.json")), loadTokenizer),
    ...readdirSync(pictures)
      .filter(
        (name) => /\.(jpe?g|png|webp|gif|avif|tiff?|bmp)$/i.test(name) && statSync(join(pictures, name)).size < 1e5,
      )
      .flatMap((name) => [
        ofFile(`decoded ${name}`, readFileSync(join(pictures, name)), decodeImage),
        ofFile(`as the reference ${name}`, readFileSync(join(pictures, name)), decodeReference),
      ]),
    ofFolder("checkpoints/caption", "config.json", openCheckpoint),
    ofFolder("checkpoints/vqa", "head.json", openCheckpoint),
    ofFolder("checkpoints/caption", "model.safetensors", openCheckpoint),
    ...["git", "blip", "vit-gpt2", "clip"].flatMap((name) => {
      const folder = `captioners/${name}`;
      const open = name === "clip" ? openClip : openCheckpoint;
      return readdirSync(join(project, "fixtures", folder)).flatMap((file) => {
        if (/\.(bin|safetensors|index\.json)$/.test(file)) return [ofFolder(folder, file, weights)];
        return /\.(json|txt)$/.test(file) ? [ofFolder(folder, file, open)] : [];
      });
    }),
  ];
}

const STRANGE = [
  ...["__proto__", "constructor", "1e999", "-1", "1e9", "0.5", "null", "[]", "{}", '""', "\0", "\u2028", "NaN"],
  ...["../../etc/passwd", "9007199254740993", "%E0", "[".repeat(500), '{"a":'.repeat(300), "\uFEFF", "\ud800"],
].map((text) => Buffer.from(text));

/** A change of some bytes at a place, from 0 to 1, of a file. */
const change = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.oneof(fc.constant(1), fc.nat({ max: 8 }), fc.nat({ max: 4000 })),
  by: fc.oneof(fc.uint8Array({ maxLength: 8 }), fc.constantFrom(...STRANGE), fc.constant("repeat" as const)),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** Damaged and invented inputs of a reader. */
export function inputsOf({ seed }: Target): fc.Arbitrary<Buffer> {
  const apply = (bytes: Buffer, { at, length, by }: Change): Buffer => {
    const start = Math.floor(at * bytes.length);
    const part = bytes.subarray(start, start + length);
    const put = by === "repeat" ? Buffer.concat([part, part, part]) : by;
    return Buffer.concat([bytes.subarray(0, start), put, bytes.subarray(start + length)]);
  };
  return fc.oneof(
    { weight: 8, arbitrary: fc.array(change, { minLength: 1, maxLength: 4 }).map((all) => all.reduce(apply, seed)) },
    { weight: 1, arbitrary: fc.nat({ max: seed.length }).map((end) => seed.subarray(0, end)) },
    { weight: 1, arbitrary: fc.json().map((text) => Buffer.from(text)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
  );
}

/**
 * Has a reader read something: it may take it, or refuse it with an error of ours.
 * @returns whether it was refused
 * @throws Error for any other error, for a reader that keeps us waiting, and for one that takes much memory
 */
export async function tryInput(target: Target, bytes: Buffer): Promise<boolean> {
  const before = process.memoryUsage();
  const started = process.cpuUsage();
  const error: unknown = await target.read(bytes).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  // Of the processor: on a busy machine everything takes longer.
  const { user, system } = process.cpuUsage(started);
  const took = (user + system) / 1e3;
  const after = process.memoryUsage();
  if (took > LONGEST) throw new Error(`${target.name} took ${Math.round(took)} ms`);
  const grown = after.rss - before.rss;
  if (grown > MOST_MEMORY) throw new Error(`${target.name} took ${grown} bytes`);
  if (error !== undefined && !(error instanceof SimvlmError)) {
    throw new Error(`${target.name}: ${error instanceof Error ? error.stack : String(error)}`, { cause: error });
  }
  return error !== undefined;
}

/** Tries so many inputs, spread over all readers. @returns how many were refused */
export async function fuzz(targets: readonly Target[], cases: number, seed: number): Promise<number> {
  let refused = 0;
  for (const target of targets) {
    const check = async (bytes: Buffer) => {
      if (await tryInput(target, bytes)) refused++;
    };
    const numRuns = Math.ceil(cases / targets.length);
    await fc.assert(fc.asyncProperty(inputsOf(target), check), { numRuns, seed, endOnFailure: true });
  }
  return refused;
}

/** Removes what the readers were given. */
export function clean(): void {
  rmSync(scratch.path, { recursive: true, force: true });
}
