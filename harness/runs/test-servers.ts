import { SimvlmError } from "@simvlm/metrics";
import { listIds, officialId } from "../formats/ids.js";
import type { TaskName } from "../tasks/task.js";

/** A server that scores predictions against answers which it keeps to itself, and the results file that it takes. */
export interface TestServer {
  /** As people call it, in lower case: `nocaps`. */
  readonly name: string;
  readonly title: string;
  readonly task: TaskName;
  /** What in the names of a run's data files shows that they are this data set's. */
  readonly data: RegExp;
  /** The records of its file, for help. */
  readonly form: string;
  /** One record of its file. @throws SimvlmError `bad-id` for an id that it does not take */
  toRecord(answer: Submitted): object;
  /** How many examples its splits have, for a word about a run that has another number. */
  readonly splits: Readonly<Record<string, number>>;
  /** The name that its file must have; absent where any name that ends in `.json` will do. */
  readonly fileName?: {
    readonly pattern: RegExp;
    /** A name that it takes. */
    example(split: string, system: string): string;
  };
}

/** A prediction that is handed in. */
export interface Submitted {
  readonly id: string;
  readonly text: string;
  /** The names of the example's picture files, without folders. */
  readonly pictures: readonly string[];
}

const CAPTION_FORM = "[{image_id: number, caption: text}]";
const toCaption = ({ id, text }: Submitted) => ({ image_id: numberId(id), caption: text });
const toAnswer = ({ id, text }: Submitted) => ({ question_id: numberId(id), answer: text });
const VIZWIZ = /vizwiz/i;

/** The servers that are known. */
export const TEST_SERVERS: readonly TestServer[] = [
  {
    name: "nocaps",
    title: "NoCaps' server (EvalAI)",
    task: "caption",
    data: /nocaps/i,
    form: CAPTION_FORM,
    toRecord: toCaption,
    splits: { val: 4500, test: 10_600 },
  },
  {
    name: "coco",
    title: "COCO's captioning server (CodaLab)",
    task: "caption",
    data: /captions_(?:val|test|train)20\d\d|image_info_test20\d\d/i,
    form: CAPTION_FORM,
    toRecord: toCaption,
    splits: { val2014: 40_504, test2014: 40_775 },
    fileName: {
      pattern: /^captions_(?:val|test)2014_[^_/]+_results\.json$/,
      example: (split, system) => `captions_${split.startsWith("test") ? "test" : "val"}2014_${system}_results.json`,
    },
  },
  {
    name: "vizwiz-captions",
    title: "VizWiz's captioning server (EvalAI)",
    task: "caption",
    data: VIZWIZ,
    form: CAPTION_FORM,
    toRecord: toCaption,
    splits: { val: 7750, test: 8000 },
  },
  {
    name: "vqa",
    title: "VQA v2's server (EvalAI)",
    task: "vqa",
    data: /v2_(?:OpenEnded_)?mscoco|vqa-?v2/i,
    form: "[{question_id: number, answer: text}]",
    toRecord: toAnswer,
    splits: { "test-dev": 107_394, test: 447_793 },
  },
  {
    name: "vizwiz",
    title: "VizWiz's question server (EvalAI)",
    task: "vqa",
    data: VIZWIZ,
    form: "[{image: file name, answer: text}]",
    toRecord: ({ id, text, pictures: [picture = id] }) => {
      if (/\.(?:jpe?g|png)$/i.test(picture)) return { image: picture, answer: text };
      throw badId(id, "the name of a picture file");
    },
    splits: { val: 4319, test: 8000 },
  },
  {
    name: "gqa",
    title: "GQA's server (EvalAI)",
    task: "vqa",
    data: /gqa|(?:testdev|challenge|submission)_(?:balanced|all)/i,
    form: "[{questionId: text, prediction: text}]",
    toRecord: ({ id, text }) => ({ questionId: id, prediction: text }),
    splits: { testdev: 12_578, test: 95_336 },
  },
  {
    name: "textvqa",
    title: "TextVQA's server (EvalAI)",
    task: "vqa",
    data: /textvqa/i,
    form: "[{question_id: number, answer: text}]",
    toRecord: toAnswer,
    splits: { val: 5000, test: 5734 },
  },
];

/**
 * The server for a run.
 * @param name as somebody called it; default: the one whose data set the run's files are named after
 * @param files the names of the run's data files and folder
 * @throws SimvlmError `unknown-server`
 */
export function findTestServer(task: TaskName, files: readonly string[], name?: string): TestServer {
  const known = TEST_SERVERS.filter((server) => server.task === task);
  const found = known.filter((server) =>
    name === undefined ? files.some((file) => server.data.test(file)) : server.name === name.toLowerCase(),
  );
  const [only, second] = found;
  if (only && !second) return only;
  const names = known.map((server) => server.name);
  if (names.length === 0) {
    throw new SimvlmError("unknown-server", `No test server is known for the task ${task}.`);
  }
  const why =
    name === undefined
      ? "The run's files do not tell which test server it is for"
      : `There is no test server ${JSON.stringify(name)} for the task ${task}`;
  throw new SimvlmError("unknown-server", `${why}. Name one of ${names.join(", ")}.`);
}

function numberId(id: string): number {
  const number = officialId(id);
  if (typeof number === "number") return number;
  throw badId(id, "a number");
}

function badId(id: string, expected: string): SimvlmError {
  return new SimvlmError(
    "bad-id",
    `The server takes ${expected} for each prediction, not ${listIds([id])}. Check that the run is of its data set.`,
  );
}
