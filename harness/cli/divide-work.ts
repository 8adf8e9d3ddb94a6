import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import type { ClusterCommand, Following } from "../cluster/submission.js";
import { type InnerCommand, loadCommand, type OptionWords } from "./inner-command.js";
import { isStandardOutput } from "./output.js";
import type { ScoreOptions } from "./score-options.js";

/** How the work of a command is divided among tasks. */
export interface Division {
  /** The number of parts; 1 for none. */
  readonly shards: number;
  /** The words of each task that are left of the command's. */
  readonly words: readonly string[];
  /** See `Submission`. */
  readonly leaves?: string[][] | undefined;
  /** What puts the parts of a member together. */
  readonly finish: (member: Member) => Following[];
}

/** What is done once, divided or not. */
interface Member {
  readonly out: string;
  /** Words of its own. */
  readonly words: readonly string[];
}

/** The command, and of its words those that all members have, without the folder. */
export type Divisible = Pick<InnerCommand, "options" | "arguments"> & { readonly parts: readonly OptionWords[] };

/**
 * Divides a command's work.
 * @param shards how many parts are asked for; undefined where nobody says
 * @throws SimvlmError `bad-option` where the command cannot be divided so, and what reading its input throws
 */
export async function divideWork(
  command: ClusterCommand,
  inner: Divisible,
  shards: number | undefined,
): Promise<Division> {
  if (command === "run" && shards !== undefined && shards > 1) return divideRun(inner, shards);
  if (inner.options.shardBy === "words") {
    throw refuse("--shard-by says how a run is divided: say --shards, and into how many parts.");
  }
  if (command === "ablate" && shards !== 1) return divideStudy(inner, shards);
  if (command === "score") return divideScore(inner, shards);
  if (command !== "run" && shards !== undefined && shards > 1) {
    throw refuse(`--shards has no meaning with ${command}: its work cannot be divided.`);
  }
  return { shards: 1, words: wordsOf(inner.parts), finish: () => [] };
}

/** Options that shards have a say in, and the merged run as well. */
const OF_BOTH = new Set(["plugin"]);

/** Which options are those of the shards, and which those of merging them: what both commands know is for the whole. */
async function divideRun({ parts }: Divisible, shards: number): Promise<Division> {
  const merge = await loadCommand("merge");
  const names = new Set(merge.options.map(({ long }) => long?.replace(/^--/, "")));
  const isMerged = ({ option }: OptionWords) => option !== "data" && names.has(option);
  const own = parts.filter((part) => !isMerged(part) || OF_BOTH.has(part.option ?? ""));
  const atEnd = wordsOf(parts.filter((part) => isMerged(part)));
  return {
    shards,
    words: [...wordsOf(own), "--allow-failures", "100%"],
    finish: ({ out }) => [{ command: "merge", shardsOf: out, words: ["--out", out, ...atEnd] }],
  };
}

/** A study's cells, one for each task where nobody says how many; the same command compares them and writes the report. */
async function divideStudy({ parts, arguments: [path = ""], options }: Divisible, asked?: number): Promise<Division> {
  const { readStudyRecipe } = await import("../study/study-recipe.js"); // it loads the engine
  const { listCells, nameCell } = await import("../study/study-cell.js");
  const { STUDY_FILES } = await import("../study/study-files.js");
  const { requireSameRecipe } = await import("../study/run-study.js");
  const recipe = await readStudyRecipe(path);
  await requireSameRecipe(recipe, String(options.out));
  const cells = listCells(recipe);
  const shards = asked ?? cells.length;
  if (shards > cells.length) {
    throw refuse(
      `--shards ${shards}: the study has ${cells.length} cells, variants times seeds, and a task does one at least. Ask for ${cells.length} or fewer.`,
    );
  }
  const words = wordsOf(parts);
  const whole = ({ out, words: own }: Member) => [...own, ...words, "--out", out];
  if (shards === 1) return { shards, words, finish: () => [] };
  return {
    shards,
    words,
    leaves: Array.from({ length: shards }, (_, i) =>
      listCells(recipe, { index: i + 1, of: shards }).map((cell) => `${STUDY_FILES.cells}/${nameCell(cell)}.json`),
    ),
    finish: (member) => [{ command: "ablate", words: whole(member), makes: join(member.out, STUDY_FILES.report) }],
  };
}

/** SPICE's judgements of captions; the same command then finds them, and scores. */
async function divideScore({ parts, options }: Divisible, shards: number | undefined): Promise<Division> {
  const { sealOfShare } = await import("../metric-data/spice/judged-shares.js");
  const { judgesCaptions, requireSameInputs } = await import("./score-share.js");
  const { OF_SCORES } = await import("./score-options.js");
  const asked = options as ScoreOptions;
  const { metrics, json } = asked;
  if (!judgesCaptions(metrics)) {
    throw refuse("score is divided for what SPICE's program judges: add spice to --metrics, or score here.");
  }
  if (shards === undefined || shards === 1) throw refuse("score is handed in to be divided: say --shards.");
  if (json === undefined) throw refuse("Where are the scores to go? Name a file with --json.");
  if (isStandardOutput(json)) throw refuse(`--json ${json} would go to a job's log: name a file.`);
  const folder = asked.judgements!; // or else nobody knows where the jobs are to be
  await requireSameInputs(folder, shards, asked);
  return {
    shards,
    words: wordsOf(parts.filter(({ option }) => !OF_SCORES.has(option ?? ""))),
    leaves: Array.from({ length: shards }, (_, i) => [sealOfShare(i + 1)]),
    finish: () => [{ command: "score", words: [...wordsOf(parts), "--judgements", folder], makes: json }],
  };
}

const wordsOf = (parts: readonly OptionWords[]): string[] => parts.flatMap(({ words }) => words);

const refuse = (message: string): SimvlmError => new SimvlmError("bad-option", message);
