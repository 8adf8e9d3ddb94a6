import type { Language, TaskExample, TaskName, TaskSettings } from "../../tasks/task.js";

type Asked = Pick<TaskExample, "prefix" | "statement">;
type Instruct = (example: Asked, settings: TaskSettings) => string;

const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: "English", de: "German" };

/** What a chat model is told, beside the pictures. An answer must come alone, since it is scored as it stands. */
const INSTRUCTIONS: Readonly<Record<TaskName, Instruct>> = {
  caption: (_, { language, prompt }) =>
    prompt ??
    `Describe this picture in one short sentence in ${LANGUAGE_NAMES[language]}, as a caption of about ten words. ` +
      "Answer with the caption alone.",
  vqa: ({ prefix, statement = prefix }) =>
    `${statement}\nAnswer with one word, a number or a very short phrase, in lower case, and nothing else.`,
  nlvr2: ({ statement }) =>
    `The first picture is the left one, the second the right one. Is this statement true of them?\n${statement}\n` +
    "Answer with one word: True or False.",
  "snli-ve": ({ prefix, statement }) =>
    `${prefix === "" ? "The premise is what the picture shows." : `Premise: ${prefix}`}\nHypothesis: ${statement}\n` +
    "Does the hypothesis follow from the premise (entailment), contradict it (contradiction), or neither (neutral)? " +
    "Answer with one word: entailment, neutral or contradiction.",
  translate: ({ prefix }) =>
    `Translate into German, one sentence on one line; the picture, if there is one, shows what it is about:\n${prefix}\n` +
    "Answer with the translation alone.",
  complete: ({ prefix }) =>
    `This text describes the picture and breaks off. Write the rest of the sentence:\n${prefix}\n` +
    "Answer with the rest alone, without repeating the beginning.",
};

export function instruct(task: TaskName, example: Asked, settings: TaskSettings): string {
  return INSTRUCTIONS[task](example, settings);
}
