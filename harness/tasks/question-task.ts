import { hasReference } from "../formats/captions.js";
import { findDataFiles, listSplits } from "../formats/data-files.js";
import { type DataFormat, recognizeFormat } from "../formats/data-format.js";
import { type FileShape, readShape } from "../formats/file-shape.js";
import { officialId } from "../formats/ids.js";
import { findPictures, locate, namesOf } from "../formats/picture-folder.js";
import { formatJsonResults, readVqaResults } from "../formats/results.js";
import type { VqaExample } from "../formats/vqa.js";
import { imagesOf, swapImages } from "./shown-images.js";
import { defineTask, type Task, type Truth } from "./task.js";
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
  const truthOf = (example: Example): Truth => {
    if (!isAnswered(example)) return { id: example.id };
    return {
      id: example.id,
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
    formatResults: (predictions) =>
      formatJsonResults(predictions, ({ id, prediction }) => ({ question_id: officialId(id), answer: prediction })),
    readResults: async (path, options) =>
      (await readVqaResults(path, options)).map(({ id, answer }) => ({ id, prediction: answer })),
    resultsName: "results.json",
    ...definition,
    async load(folder, settings) {
      const { split, modality } = settings;
      const files = await findDataFiles(folder, split, named);
      const { all, format } = await read(files, split);
      const { examples: asked, isScorable, unreferenced } = settleReferences(all, isAnswered);
      const pictures = await findPictures(namesOf(asked), { folder, split, images: settings.images });
      const examples = asked.map((example) => ({
        ...truthOf(example),
        images: imagesOf(modality, locate(example, pictures, files[0]!)),
        prefix: ask(example),
        targets: example.answers.slice(0, 1).map(({ answer }) => answer),
        asked: ask(example),
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
      const { all, format } = await read([path], split);
      const settled = settleReferences(all, isAnswered);
      return {
        examples: settled.examples.map(truthOf),
        unreferenced: settled.isScorable ? settled.unreferenced : all.map(({ id }) => id),
        format,
      };
    },
  });
}

const isAnswered = ({ answers }: Question): boolean => hasReference(answers.map(({ answer }) => answer));
