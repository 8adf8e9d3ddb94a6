import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { zipOf } from "../checkpoints/pytorch-files.js";

/** Lists of words in the form of METEOR's, of our own. */
export const LISTS = {
  "function/english.words": "the\na\non\n",
  "nonbreaking/english.prefixes": "#a remark\nMr\n\nNo #NUMERIC_ONLY# \n",
  "synonym/english.synsets": "automobile\n00000001\ncar\n00000001 00000002\n",
  "synonym/english.exceptions": "goose\ngeese\nabet\nabetted abetting\nabut\nabetted\n",
} as const;

/** Pairs in the form of METEOR's, of our own; one comes twice. */
export const PARAPHRASES = [
  ["0.5", "on top of", "over"],
  ["0.25", "on top of", "above"],
  ["0.5", "on top of", "over"],
  ["0.125", "naïve", "simple"],
]
  .flat()
  .map((line) => `${line}\n`)
  .join("");

export const PACKED = gzipSync(PARAPHRASES);

/** A jar with the lists. */
export const JAR = zipOf(Object.entries(LISTS).map(([name, data]) => ({ name, data: Buffer.from(data) })));

/** A wheel of pycocoevalcap's form. */
export const WHEEL = zipOf([
  { name: "pycocoevalcap/meteor/meteor-1.5.jar", data: JAR },
  { name: "pycocoevalcap/meteor/data/paraphrase-en.gz", data: PACKED },
]);

/** Writes files below a folder. @returns the folder */
export function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** Every form in which METEOR's data lie about: a folder's files, and what of them is named. */
export const FORMS: Readonly<
  Record<string, readonly [named: string, files: Readonly<Record<string, string | Uint8Array>>]>
> = {
  "a wheel": ["p.whl", { "p.whl": WHEEL }],
  "a jar with data beside it": ["meteor-1.5.jar", { "meteor-1.5.jar": JAR, "data/paraphrase-en.gz": PACKED }],
  "METEOR's folder": [".", { "meteor-1.5.jar": JAR, "data/paraphrase-en.gz": PACKED }],
  "an installed package": [
    "pycocoevalcap",
    { "pycocoevalcap/meteor/meteor-1.5.jar": JAR, "pycocoevalcap/meteor/data/paraphrase-en.gz": PACKED },
  ],
  "Python's packages": [
    "site-packages",
    {
      "site-packages/pycocoevalcap/meteor/meteor-1.5.jar": JAR,
      "site-packages/pycocoevalcap/meteor/data/paraphrase-en.gz": PACKED,
    },
  ],
  "a virtual environment": [
    ".",
    {
      "lib/python3.12/site-packages/pycocoevalcap/meteor/meteor-1.5.jar": JAR,
      "lib/python3.12/site-packages/pycocoevalcap/meteor/data/paraphrase-en.gz": PACKED,
    },
  ],
  "a folder with the jar's files": [".", { ...LISTS, "paraphrase-en.gz": PACKED }],
  "a folder whose table is not packed": [".", { ...LISTS, "data/paraphrase-en.gz": PARAPHRASES }],
};
