import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import sharp from "sharp";
import { writeFileAtomic } from "../../harness/files/atomic.js";
import { readBytes } from "../../harness/files/bytes.js";
import { readParallelLines } from "../../harness/files/lines.js";
import { takeLock } from "../../harness/files/lock.js";
import { openParquet } from "../../harness/files/parquet.js";
import { MOST_RECORDS, requireFew } from "../../harness/files/record-limit.js";
import { readText } from "../../harness/files/text.js";
import { openTextStream, readLinesOf } from "../../harness/files/text-stream.js";
import { alignPredictions } from "../../harness/formats/align.js";
import { readCocoCaptions } from "../../harness/formats/coco.js";
import { checkExamples } from "../../harness/formats/ids.js";
import { readCaptionResults } from "../../harness/formats/results.js";
import { readVqa } from "../../harness/formats/vqa.js";
import { decodeImage } from "../../harness/images/decode.js";
import { decodePixels } from "../../harness/images/open-image.js";
import { createRandom } from "../../harness/random.js";
import { trainTokenizer } from "../../harness/text/training/train.js";
import { LFS_POINTER } from "../broken-folders.js";
import { project, Scratch } from "../harness/cli/run-cli.js";
import { formatParquet } from "../harness/files/write-parquet.js";
import { fixture } from "../harness/formats/fixture.js";
import { advice, cli, drain } from "./advice.js";

const scratch = new Scratch();
const beach = join(project, "fixtures/images/beach.jpg");

/** Writes a file anew each time. */
const given = (name: string, content: unknown) => scratch.write(name, content);

const truncated = gzipSync("a text of some length").subarray(0, 20);

/** A file that is broken first, and then as it should be. */
const replaced = (
  says: string,
  name: string,
  broken: unknown,
  whole: unknown,
  read: (path: string) => Promise<unknown>,
) =>
  advice(
    says,
    () => read(given(name, broken)),
    () => read(given(name, whole)),
  );

export const FILES = [
  replaced(
    "…: broken UTF-16 text. Convert it to UTF-8.",
    "u.txt",
    Buffer.from("\uFEFFa\uD800b", "utf16le"),
    Buffer.from("ab"),
    readText,
  ),
  advice(
    "… is a folder, not a regular file. Name a file in it.",
    () => readBytes(scratch.path),
    () => readBytes(given("a.txt", "a")),
  ),
  advice(
    "…: there is no such file, or it is a link to none. Check the path.",
    () => readText(scratch.at("b.txt")),
    () => readText(given("a.txt", "a")),
  ),
  advice(
    "… cannot be written: it is a folder. Name a file in it.",
    () => writeFileAtomic(scratch.path, "a"),
    () => writeFileAtomic(scratch.at("a.txt"), "a"),
  ),
  replaced(
    "Run `git lfs pull` in its folder, or download it again.",
    "p.txt",
    LFS_POINTER,
    "the file itself",
    readText,
  ),
  advice(
    "…. Line n of each must belong together: check that they are the same split and that none is cut short.",
    () => readParallelLines([given("de.txt", "a\nb\n"), given("en.txt", "a\n")]),
    () => readParallelLines([given("de.txt", "a\nb\n"), given("en.txt", "a\nb\n")]),
  ),
  advice(
    "… is being written (…). Wait for it; if there is no such process, remove ….",
    async () => {
      const { release } = await takeLock({ folder: scratch.path, name: "x", kind: "run", place: "x" });
      await takeLock({ folder: scratch.path, name: "x", kind: "run", place: "x" }).finally(release);
    },
    async () => (await takeLock({ folder: scratch.path, name: "x", kind: "run", place: "x" })).release(),
  ),
  replaced(
    "… cannot be read as Parquet: …. Fetch the file again.",
    "a.parquet",
    formatParquet({ id: [1, 2] }).subarray(0, 30),
    formatParquet({ id: [1, 2] }),
    openParquet,
  ),
  advice(
    "… has more than … …. Split it into several files.",
    () => requireFew(MOST_RECORDS + 1, "a.json"),
    () => requireFew(MOST_RECORDS, "a-1.json"),
  ),
  replaced("…: broken gzip data (…). Fetch the file again.", "a.gz", truncated, gzipSync("whole"), readText),
  replaced("…: broken gzip data (…). Fetch the file again.", "a.gz", truncated, gzipSync("whole"), async (path) =>
    drain(readLinesOf(await openTextStream(path), path)),
  ),
  replaced("not UTF-8 text. Convert it to UTF-8.", "a.txt", Buffer.from("Ger\xe4t", "latin1"), "Gerät", readText),
];

const image = (id: number) => ({ id, file_name: `${id}.jpg` });
const caption = (image_id: number, text: string) => ({ id: image_id, image_id, caption: text });
const coco = (ids: readonly number[], captioned = ids) => ({
  images: ids.map(image),
  annotations: captioned.map((id) => caption(id, `a dog ${id}`)),
});
const said = (...ids: number[]) => ids.map((image_id) => ({ image_id, caption: `a dog ${image_id}` }));

const score = (references: unknown, predictions: unknown, ...rest: string[]) =>
  cli(
    ...["score", "--task", "caption", "--references", given("refs.json", references)],
    ...["--predictions", given("said.json", predictions), ...rest],
  );
const references = coco([1, 2, 3]);

const vqa = (questions: string) =>
  readVqa({ annotations: fixture("vqa-annotations.json"), questions: fixture(questions) });
const results = (content: unknown, options = {}) => readCaptionResults(given("results", content), options);
const csv = (...lines: string[]) => `${lines.join("\n")}\n`;

const asked = (...questions: string[]) =>
  questions.map((text, i) => ({ question_id: i, image: "a.jpg", text, label: "no" }));
const answered = (...questions: string[]) => questions.map((question) => ({ question, answer: "No" }));
const pope = (questions: unknown, answers: unknown) =>
  cli(
    ...["score", "--task", "pope", "--references", given("pope.json", questions)],
    ...["--predictions", given("answers.json", answers)],
  );

export const FORMATS = [
  advice(
    "Check that they are of the same set, and put the answers in the order of the questions.",
    () => pope(asked("A dog?", "A cat?"), answered("A cat?", "A dog?")),
    () => pope(asked("A dog?", "A cat?"), answered("A dog?", "A cat?")),
  ),
  advice(
    "belong to the questions in their order: give just these questions' file, and an answer to each.",
    () => pope(asked("A dog?", "A cat?"), answered("A dog?")),
    async () => {
      await pope(asked("A dog?"), answered("A dog?"));
      await pope(asked("A dog?", "A cat?"), answered("A dog?", "A cat?"));
    },
  ),
  advice(
    "Unpack it, or pack it with gzip.",
    () => readCaptionResults(given("said.csv.bz2", Buffer.from("BZh91AY&SY"))),
    async () => {
      await readCaptionResults(given("said.csv", "image_id,caption\n1,a cat\n"));
      await readCaptionResults(given("said.csv.gz", gzipSync("image_id,caption\n1,a cat\n")));
    },
  ),
  advice(
    "Put a line above it that does, such as …, or say which of these are the names of the columns of the id and of the …",
    () => readCaptionResults(given("said.csv", "1,a cat\n2,a dog\n")),
    async () => {
      await readCaptionResults(given("said.csv", "image_id,caption\n1,a cat\n2,a dog\n"));
      await readCaptionResults(given("said.csv", "which,words\n1,a cat\n"), { columns: ["which", "words"] });
    },
  ),
  advice(
    "more than one prediction for id …. Keep one for each (several captions are for `simvlm diversity`).",
    () => score(references, said(1, 2, 3, 3)),
    () => score(references, said(1, 2, 3)),
  ),
  advice(
    "…: nothing is there (null, or Python's NaN). Give it a text, which may be empty, or leave the record out.",
    () => score(references, [{ image_id: 1, caption: null }, ...said(2, 3)]),
    async () => {
      await score(references, [{ image_id: 1, caption: "" }, ...said(2, 3)]);
      await score(references, said(2, 3), "--allow-missing");
    },
  ),
  advice(
    "…: the references have no id …. Check that both files are of the same split.",
    () => score(references, said(1, 2, 3, 4)),
    () => score(coco([1, 2, 3, 4]), said(1, 2, 3, 4)),
  ),
  advice(
    "… has no prediction for any of … examples: …. Check that it is of the same split.",
    () => alignPredictions([{ id: "1" }], [{ id: "2" }], { path: "said.json", ignore: ["2"] }),
    () => alignPredictions([{ id: "2" }], [{ id: "2" }], { path: "said.json", ignore: ["2"] }),
  ),
  advice(
    "…: no prediction for … of … examples: …. Add them, or allow missing predictions to score only the others.",
    () => score(references, said(1, 2)),
    async () => {
      await score(references, said(1, 2, 3));
      await score(references, said(1, 2), "--allow-missing");
    },
  ),
  advice(
    "…: … of … examples have no references: …. Add them, or leave these examples out.",
    () => score(coco([1, 2, 3], [1, 2]), said(1, 2, 3)),
    async () => {
      await score(references, said(1, 2, 3));
      await score(coco([1, 2, 3], [1, 2]), said(1, 2, 3), "--skip-missing-references");
    },
  ),
  advice(
    "…: no reference captions for image …. Add them, or remove the images.",
    () => readCocoCaptions(given("refs.json", coco([1, 2, 3], [1, 2]))),
    async () => {
      await readCocoCaptions(given("refs.json", coco([1, 2, 3])));
      await readCocoCaptions(given("refs.json", coco([1, 2])));
    },
  ),
  advice(
    "… is not among the images. Add the image, or remove the caption.",
    () => score(coco([1, 2], [1, 2, 3]), said(1, 2)),
    async () => {
      await score(coco([1, 2, 3]), said(1, 2, 3));
      await score(coco([1, 2]), said(1, 2));
    },
  ),
  advice(
    "… has no examples. Check that it is whole.",
    () => checkExamples([], "a.json"),
    () => checkExamples([{ id: "1" }], "a.json"),
  ),
  advice(
    "…: more than one example with id …. Remove one.",
    () => score(coco([1, 1, 2]), said(1, 2)),
    () => score(coco([1, 2]), said(1, 2)),
  ),
  advice(
    "Check the folder and the name of the split.",
    () => runOn("nowhere"),
    () => runOn("test"),
  ),
  advice(
    "…: question … is not in …. Give the questions file of the same split.",
    () => vqa("vizwiz-questions.json"),
    () => vqa("vqa-questions.json"),
  ),
  advice(
    "could each be the …. Say which: name the columns of the id and of the ….",
    () => results(csv("image_id,caption,prediction", "1,a dog,a cat")),
    () => results(csv("image_id,caption,prediction", "1,a dog,a cat"), { columns: ["image_id", "caption"] }),
  ),
  advice(
    "…: two columns are called …. Give one of them another name.",
    () => results(csv("image_id,caption,caption", "1,a dog,a cat")),
    () => results(csv("image_id,caption,older", "1,a dog,a cat")),
  ),
  advice(
    "Say which field holds them.",
    () => results({ a: said(1), b: said(1) }),
    () => results({ a: said(1), b: said(1) }, { field: "a" }),
  ),
];

function runOn(split: string) {
  const folder = scratch.at("data");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "images"), { recursive: true });
  writeFileSync(join(folder, "test.json"), JSON.stringify(references));
  const out = scratch.at(`run-${split}`);
  rmSync(out, { recursive: true, force: true });
  const predictions = given("said.json", said(1, 2, 3));
  return cli(
    "run",
    "--task",
    "caption",
    "--data",
    folder,
    "--split",
    split,
    "--predictions",
    predictions,
    "--out",
    out,
  );
}

const jpeg = () =>
  sharp({ create: { width: 40, height: 30, channels: 3, background: "red" } })
    .jpeg()
    .toBuffer();
const slow = (width: number) =>
  sharp({
    create: {
      width,
      height: width,
      channels: 3,
      background: "white",
      noise: { type: "gaussian", mean: 128, sigma: 30 },
    },
  });
const fine = (command: string, ...pictures: string[]) =>
  cli(command, ...pictures, "--checkpoint", "fixtures/checkpoints/caption");

export const PICTURES = [
  advice(
    "… is a folder: name the pictures in it, such as …/*.jpg",
    () => fine("caption", "fixtures/images"),
    () => fine("caption", "fixtures/images/beach.jpg", "fixtures/images/street.png"),
  ),
  advice(
    "…: there is no such picture. Check the path.",
    () => fine("caption", "beach.jpg"),
    () => fine("caption", beach),
  ),
  advice(
    "… takes more than … s to decode. Make it smaller, or convert it to a plain JPEG.",
    () => decodePixels("a.jpg", slow(4000).median(41), 1),
    () => decodePixels("a.jpg", slow(80).median(41), 1),
  ),
  advice(
    "… is … × … pixels; the limit is … pixels. Make it smaller.",
    async () => decodeImage({ name: "a.jpg", bytes: await jpeg() }, { maxPixels: 100 }),
    async () =>
      decodeImage(
        {
          name: "a.jpg",
          bytes: await sharp(await jpeg())
            .resize(10, 10)
            .jpeg()
            .toBuffer(),
        },
        { maxPixels: 100 },
      ),
  ),
  advice(
    "that photographs are read from: …. Convert it to JPEG or PNG.",
    () => decodeImage(given("a.jpg", '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')),
    async () => {
      const drawing = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
      await decodeImage(given("a.jpg", await sharp(drawing).flatten().jpeg().toBuffer()));
      await decodeImage(given("a.png", await sharp(drawing).png().toBuffer()));
    },
  ),
  advice(
    "It may be cut short, damaged or of another kind; fetch it again.",
    async () => decodeImage(given("a.jpg", (await jpeg()).subarray(0, 200))),
    async () => decodeImage(given("a.jpg", await jpeg())),
  ),
];

const words = ["a dog runs", "the cat sleeps", "two birds sing"];

export const TEXTS = [
  advice(
    "lines to train a vocabulary from. Give more text.",
    () => trainTokenizer([" "], { vocabSize: 30, exact: false }),
    () => trainTokenizer(words, { vocabSize: 300, exact: false }),
  ),
  advice(
    "of the text. Ask for at least …",
    () => trainTokenizer(words, { vocabSize: 261 }),
    () => {
      const said = messageOf(() => trainTokenizer(words, { vocabSize: 261 }));
      trainTokenizer(words, { vocabSize: Number(/Ask for at least (\d+), or lower/.exec(said)![1]), exact: false });
      trainTokenizer(words, { vocabSize: 262, exact: false, coverage: 0.3 });
    },
  ),
  advice(
    ", or lower the coverage",
    () => trainTokenizer(words, { vocabSize: 261 }),
    () => trainTokenizer(words, { vocabSize: 262, exact: false, coverage: 0.3 }),
  ),
  advice(
    "pieces, not …. Ask for fewer or train on more text.",
    () => trainTokenizer(words, { vocabSize: 5000 }),
    () => {
      const most = /at most (\d+) pieces/.exec(messageOf(() => trainTokenizer(words, { vocabSize: 5000 })));
      trainTokenizer(words, { vocabSize: Number(most![1]) });
    },
  ),
  advice(
    "The seed is …; give an integer between -2^53 and 2^53.",
    () => createRandom(0.5),
    () => createRandom(5),
  ),
];

function messageOf(what: () => unknown): string {
  try {
    what();
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}
