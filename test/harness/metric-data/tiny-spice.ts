import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  CORENLP,
  jarName,
  LIBRARIES,
  NASHORN,
  repositoryPath,
  SPICE_JAR,
} from "../../../harness/metric-data/spice/jars.js";
import { zipOf } from "../checkpoints/pytorch-files.js";

type Files = Record<string, Uint8Array>;

/** A jar with nothing but its own name in it. */
const jarOf = (name: string): Uint8Array => zipOf([{ name: "name.txt", data: Buffer.from(name) }]);

const filesOf = (names: readonly string[], place: (name: string) => string): Files =>
  Object.fromEntries(names.map((name) => [place(name), jarOf(name)]));

const SPICE = {
  ...filesOf([SPICE_JAR], (name) => name),
  ...filesOf(LIBRARIES, (name) => `lib/${name}`),
};
const below = (folder: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([name, content]) => [`${folder}/${name}`, content]));

/** Jars of CoreNLP's and nashorn's names, side by side. */
export const MAVEN_JARS: Files = filesOf([...CORENLP, ...NASHORN].map(jarName), (name) => name);
/** The same as Maven's repository has them. */
export const REPOSITORY: Files = Object.fromEntries(
  [...CORENLP, ...NASHORN].map((jar) => [repositoryPath(jar), jarOf(jarName(jar))]),
);

/** A wheel of pycocoevalcap's form; it has no CoreNLP. */
export const SPICE_WHEEL: Uint8Array = zipOf(
  Object.entries(below("pycocoevalcap/spice", SPICE)).map(([name, data]) => ({ name, data: Buffer.from(data) })),
);

/** Every form in which SPICE lies about, and what of it is named. */
export const SPICE_FORMS: Readonly<Record<string, readonly [named: string, files: Files]>> = {
  "a wheel": ["p.whl", { "p.whl": SPICE_WHEEL }],
  "SPICE's folder": [".", SPICE],
  "its jar, with lib beside it": [SPICE_JAR, SPICE],
  "an installed package": ["pycocoevalcap", below("pycocoevalcap/spice", SPICE)],
  "Python's packages": ["site-packages", below("site-packages/pycocoevalcap/spice", SPICE)],
  "a virtual environment": [".", below("lib/python3.12/site-packages/pycocoevalcap/spice", SPICE)],
};

/** What one start of the program was asked. */
export interface Asked {
  readonly captions: readonly string[];
  readonly heap: string;
  readonly hasCache: boolean;
  readonly isNashorn: boolean;
  /** Of its process. */
  readonly pid: number;
}

/**
 * A `java` that does as SPICE's program does: a caption's tuples are its words, and those match that a reference has. Of
 * captions that say so it dies (`crash-with-cache`, `crash-beside-others`), has too little memory (`crash`, and `big` unless
 * it has more than 2 GB), hangs (`hang`, or `hold` while its home has a file of that name, and with a file `hang` there), answers for others
 * (`shift`, `lose`), or writes no JSON (`rubbish`).
 */
const PROGRAM = `
const fs = require("node:fs");
const path = require("node:path");
const home = path.dirname(path.dirname(fs.realpathSync(process.argv[1])));
const args = process.argv.slice(2);
const after = (name) => args[args.indexOf(name) + 1];
if (args[0] === "-version") {
  process.stderr.write('openjdk version "' + fs.readFileSync(path.join(home, "version"), "utf8") + '" 2026-01-01\\n');
  process.exit(0);
}
const asked = JSON.parse(fs.readFileSync(after("edu.anu.spice.SpiceScorer"), "utf8"));
const heap = args.find((arg) => arg.startsWith("-Xmx")).slice(4);
const hasCache = args.includes("-cache");
const isNashorn = args.includes("org.openjdk.nashorn");
const captions = asked.map(({ test }) => test);
fs.appendFileSync(path.join(home, "asked.jsonl"), JSON.stringify({ captions, heap, hasCache, isNashorn, pid: process.pid }) + "\\n");
const says = (word) => captions.some((caption) => caption.split(" ").includes(word));
const hangs = says("hang") || (says("hold") && fs.existsSync(path.join(home, "hold"))) || fs.existsSync(path.join(home, "hang"));
if (hangs) setInterval(() => {}, 1000);
else if ((says("crash-with-cache") && hasCache) || (says("crash-beside-others") && captions.length > 1)) process.exit(4);
else if (says("crash") || (says("big") && heap === "2048m")) {
  process.stderr.write("Parsing\\njava.lang.OutOfMemoryError: Java heap space\\n\\tat edu.Some.where\\n");
  process.exit(3);
}
else {
  const unique = (texts) => [...new Set(texts.flatMap((text) => text.split(" ")).filter((word) => word !== ""))].sort();
  const answers = asked.map(({ image_id, test, refs }) => {
    const [own, others] = [unique([test]), unique(refs)];
    const tp = own.filter((word) => others.includes(word)).length;
    const [fp, fn] = [own.length - tp, others.length - tp];
    const f = tp === 0 ? 0 : (2 * tp) / (2 * tp + fp + fn);
    const all = { tp, fp, fn, f, pr: 0, re: 0, numImages: 1 };
    const none = { tp: 0, fp: 0, fn: 0, f: null, pr: null, re: null, numImages: 1 };
    const scores = { All: all, Object: all, Relation: none, Attribute: none, Color: none, Cardinality: none, Size: none };
    const tuples = (words, side) => words.map((word) => ({ tuple: [word], truth_value: side.includes(word) }));
    return { image_id, scores, test_tuples: tuples(own, others), ref_tuples: tuples(others, own) };
  });
  if (says("shift")) for (const answer of answers) answer.image_id++;
  if (says("lose")) answers.pop();
  fs.writeFileSync(after("-out"), says("rubbish") ? "[{" : JSON.stringify(answers));
}
`;

/** A Java that is none, see {@link PROGRAM}; it is what `JAVA_HOME` may name. */
export class FakeJava {
  constructor(readonly home: string) {
    mkdirSync(join(home, "bin"), { recursive: true });
    // The system reads so much of the first line that a path fits; the program is CommonJS, since its name has no ending.
    writeFileSync(join(home, "bin/java"), `#!${process.execPath}\n${PROGRAM}`);
    chmodSync(join(home, "bin/java"), 0o755);
    this.setVersion("17.0.1");
  }

  setVersion(version: string): void {
    writeFileSync(join(this.home, "version"), version);
  }

  /** What it was asked so far, start by start. */
  asked(): Asked[] {
    const log = join(this.home, "asked.jsonl");
    if (!existsSync(log)) return [];
    return readFileSync(log, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Asked);
  }
}

/**
 * A `mvn` that is none: it takes the jars of a pom's dependencies from beside itself. One that is not there is an error,
 * and with the file `hang` there it never ends. What it was called with stands in `calls.jsonl`.
 */
const MAVEN = `
const fs = require("node:fs");
const path = require("node:path");
const home = path.dirname(path.dirname(fs.realpathSync(process.argv[1])));
const args = process.argv.slice(2);
const into = args.find((arg) => arg.startsWith("-DoutputDirectory=")).slice("-DoutputDirectory=".length);
const pom = fs.readFileSync(args[args.indexOf("-f") + 1], "utf8");
fs.appendFileSync(path.join(home, "calls.jsonl"), JSON.stringify({ args, pom, into, pid: process.pid }) + "\\n");
if (fs.existsSync(path.join(home, "hang"))) setInterval(() => {}, 1000);
else {
  const each = /<artifactId>([^*<]+)<\\/artifactId><version>([^<]+)<\\/version>(?:<classifier>([^<]+)<)?/g;
  const own = pom.slice(pom.indexOf("<dependencies>"));
  for (const [, artifact, version, classifier] of own.matchAll(each)) {
    const name = [artifact, version, ...(classifier ? [classifier] : [])].join("-") + ".jar";
    if (fs.existsSync(path.join(home, name))) fs.copyFileSync(path.join(home, name), path.join(into, name));
    else {
      console.log("[ERROR] Failed to execute goal: Could not find artifact " + name);
      console.log("[ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch.");
      process.exit(1);
    }
  }
}
`;

/** What the `mvn` of {@link writeFakeMaven} was called with. */
export interface MavenCall {
  readonly args: readonly string[];
  readonly pom: string;
  readonly into: string;
  readonly pid: number;
}

/** Puts a {@link MAVEN} into `bin` of a folder that has the jars. @returns the folder for the PATH */
export function writeFakeMaven(home: string): string {
  const bin = join(home, "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "mvn"), `#!${process.execPath}\n${MAVEN}`);
  chmodSync(join(bin, "mvn"), 0o755);
  return bin;
}

/** What it was called with so far. */
export function mavenCalls(home: string): MavenCall[] {
  const log = join(home, "calls.jsonl");
  if (!existsSync(log)) return [];
  return readFileSync(log, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as MavenCall);
}
