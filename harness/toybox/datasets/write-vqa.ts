import type { Random } from "../../random.js";
import { chance, pick, pickDistinct, pickWeighted } from "../pick.js";
import { ANSWER_CLASSES, HELD_OUT_ANSWERS, OTHER_ANSWERS } from "../questions/answers.js";
import { askQuestion, type Question } from "../questions/ask.js";
import { firstId, imageFolder, type Job, toJson, writePictures, writeTexts } from "../workshop.js";
import { sampleScene } from "../world/sample.js";
import type { Scene, Split } from "../world/scene.js";
import { WORLDS, type World } from "../world/worlds.js";

const QUESTIONS_PER_IMAGE = 3;
const PEOPLE = 10;

/** How many of the ten agree, a question at a time: always enough for the usual answer to count in full. */
const AGREEMENT: readonly { weight: number; agreeing: number }[] = [
  { weight: 45, agreeing: 10 },
  { weight: 35, agreeing: 9 },
  { weight: 20, agreeing: 7 },
];

interface Asked extends Question {
  readonly id: number;
  readonly imageId: number;
  readonly answers: readonly unknown[];
}

/**
 * VQA v2: questions and annotations. No question of `train`, `val` and `test` has a held-out answer; all those of
 * `test-held-out` do.
 */
export function planVqa(split: Split, size: number, heldOut = false): Job {
  const name = heldOut ? `${split}-held-out` : split;
  const files = [`vqa/questions-${name}.json`, `vqa/annotations-${name}.json`] as const;
  return {
    files,
    steps: size,
    async run(workshop) {
      const stream = workshop.random.fork("vqa").fork(name);
      const first = firstId(split) + (heldOut ? 500_000 : 0);
      const images = Array.from({ length: size }, (_, index) => {
        const id = first + index;
        const { scene, questions } = drawQuestions(stream.fork(index), split, heldOut, workshop.world);
        const fileName = `COCO_${name}_${String(id).padStart(12, "0")}.jpg`;
        const asked = questions.map((question, i): Asked => {
          const answers = answerAsPeople(question.answer, heldOut, stream.fork(`answers ${index} ${i}`));
          return { ...question, id: id * 10 + i, imageId: id, answers };
        });
        return { scene, name: fileName, asked };
      });
      await writePictures(workshop, imageFolder("vqa", name), images);
      const asked = images.flatMap((image) => image.asked);
      await writeTexts(workshop.root, {
        [files[0]]: toJson({ ...header(name), questions: asked.map(toQuestion) }),
        [files[1]]: toJson({ ...header(name), annotations: asked.map(toAnnotation) }),
      });
    },
  };
}

/** The answers that a classifier chooses from; they do not depend on the seed or the size. */
export function planAnswerList(): Job {
  const file = "vqa/answers.json";
  return { files: [file], steps: 0, run: (workshop) => writeTexts(workshop.root, { [file]: toJson(ANSWER_CLASSES) }) };
}

/** Three different questions about one scene, or one with a held-out answer about a scene that has such a question. */
export function drawQuestions(
  random: Random,
  split: Split,
  heldOut: boolean,
  world: World = WORLDS.whole,
): { scene: Scene; questions: Question[] } {
  for (;;) {
    const scene = sampleScene(random, split, { world });
    const questions: Question[] = [];
    const count = heldOut ? 1 : QUESTIONS_PER_IMAGE;
    for (let i = 0; i < count; i++) {
      const question = askQuestion(
        scene,
        random,
        world,
        ({ question, answer }) =>
          HELD_OUT_ANSWERS.has(answer) === heldOut && questions.every((other) => other.question !== question),
      );
      if (question) questions.push(question);
    }
    if (questions.length === count) return { scene, questions };
  }
}

/** Ten people's answers; most say the same. */
function answerAsPeople(answer: string, heldOut: boolean, random: Random): { answer: string }[] {
  const people = Array.from({ length: PEOPLE }, (_, index) => index + 1);
  const agreeing = new Set(pickDistinct(random, people, pickWeighted(random, AGREEMENT).agreeing));
  const others = OTHER_ANSWERS[answer]!.filter((other) => heldOut || !HELD_OUT_ANSWERS.has(other));
  return people.map((person) => {
    const agrees = agreeing.has(person);
    const confidence = chance(random, agrees ? 0.9 : 0.5) ? "yes" : "maybe";
    return { answer: agrees ? answer : pick(random, others), answer_confidence: confidence, answer_id: person };
  });
}

function header(name: string): Record<string, unknown> {
  return {
    info: { description: "Toybox, drawn and described by simvlm", version: "1.0", year: 2026 },
    license: { name: "Apache-2.0", url: "http://www.apache.org/licenses/LICENSE-2.0" },
    task_type: "Open-Ended",
    data_type: "toybox",
    data_subtype: name,
  };
}

function toQuestion({ id, imageId, question }: Asked): unknown {
  return { image_id: imageId, question, question_id: id };
}

function toAnnotation({ id, imageId, questionType, answerType, answer, answers }: Asked): unknown {
  return {
    question_id: id,
    image_id: imageId,
    question_type: questionType,
    answer_type: answerType,
    multiple_choice_answer: answer,
    answers,
  };
}
