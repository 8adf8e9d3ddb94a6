import { isFolder } from "../files/folders.js";
import { hasReference } from "../formats/captions.js";
import { findDataFiles, findOptionalDataFile, listSplits } from "../formats/data-files.js";
import { type DataFormat, recognizeFormat } from "../formats/data-format.js";
import { type FileShape, readShape } from "../formats/file-shape.js";
import { officialId } from "../formats/ids.js";
import { findPictures, locate, namesOf } from "../formats/picture-folder.js";
import { formatJsonResults, readVqaResults } from "../formats/results.js";
import type { VqaExample } from "../formats/vqa.js";
import { imagesOf, swapImages } from "./shown-images.js";
import { defineTask, TASK_SETTING_DEFAULTS, type Task, type Truth } from "./task.js";
import { settleReferences } from "./unreferenced.js";

/** What questions about pictures need not say, since all are asked alike. */
type Asking = "kind" | "modalities" | "answers" | "load" | "readReferences" | "listSplits";
type Usual = "formatResults" | "readResults" | "resultsName" | "groupings";

/** A question, whichever format it comes from. */
type Question = Pick<VqaExample, "id" | "imageId" | "file" | "inside" | "question" | "answers" | "questionType">;

/** A task of questions about one picture each, whose answers are generated and kept as they are said. */
export interface QuestionTask<Example extends Question> extends Omit<Task, Asking | Usual>, Partial<Pick<Task, Usual>> {
  /** The names of its files, with `SPLIT` where the split's name stands. */
  readonly files: readonly string[];
  /** The first that matches is what a file is read as. */
  readonly formats: readonly DataFormat<Example>[];
  /**
   * Splits that are asked together where no file of the split that is meant is there, each from a file of its own; a
   * question's id then begins with its split, which is also its type.
   */
  readonly sets?: readonly string[];
  /** What messages call what is looked for: `questions about charts`. */
  readonly what: string;
  /** What a model is asked; default the question. */
  ask?(example: Example): string;
  /** What else is known of the right answer. */
  truth?(example: Example): Partial<Truth>;
}

/** {@link defineTask} of a task of questions about pictures. */
export function defineQuestionTask<Example extends Question>({
  files: names,
  formats,
  what,
  sets = [],
  ask = ({ question = "" }) => question,
  truth,
  ...definition
}: QuestionTask<Example>): Task {
  const named = { names, matches: (shape: FileShape) => formats.some((one) => one.matches(shape)), parquet: true };
  const read = async (paths: readonly string[], split: string | undefined) => {
    const shapes = await Promise.all(paths.map(readShape));
    const format = await recognizeFormat(formats, shapes[0]!, what);
    return { format, all: await format.read(shapes, { split }) };
  };
  const readFolder = async (folder: string, split: string) => {
    const together = findSets(folder, split, sets, names);
    if (together.length === 0) {
      const files = await findDataFiles(folder, split, named);
      return { files, ...(await read(files, split)) };
    }
    const files = together.map(({ file }) => file);
    const parts = await Promise.all(together.map(({ file, set }) => read([file], set)));
    const all = parts.flatMap((part, i) => part.all.map((example) => ofSet(example, together[i]!.set)));
    return { files, format: parts[0]!.format, all };
  };
  const truthOf = (example: Example): Truth => {
    const asked = ask(example);
    if (!isAnswered(example)) return { id: example.id, asked };
    return {
      id: example.id,
      asked,
      references: example.answers.map(({ answer }) => answer),
      cluster: example.imageId,
      groups: { "question type": example.questionType },
      ...truth?.(example),
    };
  };
  return defineTask({
    modalities: ["image", "none"],
    answers: ["generate"],
    groupings: [{ by: "question type" }],
    options: ["by-domain"],
    formatResults: (predictions) =>
      formatJsonResults(predictions, ({ id, prediction }) => ({ question_id: officialId(id), answer: prediction })),
    readResults: async (path, options) =>
      (await readVqaResults(path, options)).map(({ id, answer }) => ({ id, prediction: answer })),
    resultsName: "results.json",
    ...definition,
    async load(folder, settings) {
      const { split, modality } = settings;
      const { files, all, format } = await readFolder(folder, split);
      const { examples: asked, isScorable, unreferenced } = settleReferences(all, isAnswered);
      const pictures = await findPictures(namesOf(asked), { folder, split, images: settings.images });
      const examples = asked.map((example) => ({
        ...truthOf(example),
        images: imagesOf(modality, locate(example, pictures, files[0]!)),
        prefix: ask(example),
        targets: example.answers.slice(0, 1).map(({ answer }) => answer),
      }));
      return {
        examples: swapImages(examples, settings),
        unreferenced,
        format,
        files,
        classes: [],
        ...(isScorable && { references: files[0] }),
        imageRoot: pictures.root,
      };
    },
    listSplits: (folder) => listSplits(folder, named),
    async readReferences(path, { split } = {}) {
      const isSets = sets.length > 0 && (await isFolder(path));
      const { all, format } = await (isSets
        ? readFolder(path, split ?? TASK_SETTING_DEFAULTS.split)
        : read([path], split));
      const settled = settleReferences(all, isAnswered);
      return {
        examples: settled.examples.map(truthOf),
        unreferenced: settled.isScorable ? settled.unreferenced : all.map(({ id }) => id),
        format,
      };
    },
  });
}

/** The files of all of the sets, each the first of its names; none where the split that is meant has one. */
function findSets(folder: string, split: string, sets: readonly string[], names: readonly string[]) {
  if (findOptionalDataFile(folder, split, names) !== undefined) return [];
  const found = sets.map((set) => ({ set, file: findOptionalDataFile(folder, set, names) }));
  return found.flatMap(({ set, file }) => (file === undefined ? [] : [{ set, file }]));
}

function ofSet<Example extends Question>(example: Example, set: string): Example {
  return { ...example, id: `${set}/${example.id}`, questionType: set };
}

const isAnswered = ({ answers }: Question): boolean => hasReference(answers.map(({ answer }) => answer));
