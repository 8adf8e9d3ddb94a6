import type { DiversityReport, SystemDiversity } from "../tasks/caption-diversity.js";
import { noteTests } from "../tasks/uncertainty.js";
import { differenceTable } from "./difference-tables.js";
import { formatCount, formatPercent, formatScore } from "./numbers.js";
import { line, printable } from "./printable.js";
import type { Block, Table } from "./tables.js";

/** What the two systems are called. */
const NAMES = ["captions", "against"] as const;

/** How captions of a picture differ, and what all captions are like; beside another system's, where there is one. */
export function diversityBlocks(report: DiversityReport): Block[] {
  const { against, differences = {} } = report;
  const names = Object.keys(report.scores);
  const compared = Object.entries(differences);
  const scores: Table = {
    title: describeSets(report),
    head: ["", ...names.map(line)],
    rows: systemsOf(report).map(([name, system]) => [
      against ? name : "all",
      ...names.map((score) => {
        const own = system.scores[score];
        return own ? formatScore(own.score, own) : "";
      }),
    ]),
  };
  const rows = compared.map(([score, row]) => ({ row, of: [line(score)] }));
  const { resampling } = report;
  const options = { title: "captions minus against", head: ["score"], names: NAMES, resampling };
  return [
    ...(names.length > 0 ? [scores] : []),
    ...(compared.length > 0 ? [differenceTable(rows, options)] : []),
    statisticsTable(report),
    printable(diversityNotes(report).join("\n")),
  ];
}

/** The system by itself, or the two by what tables call them. */
function systemsOf({ against, ...own }: DiversityReport): [string, SystemDiversity][] {
  return [[NAMES[0], own], ...(against ? [[NAMES[1], against] as [string, SystemDiversity]] : [])];
}

/** `1,000 pictures with 5 captions each`, and as many against them. */
export function describeSets(report: DiversityReport): string {
  const [own, other] = systemsOf(report).map(
    ([
      ,
      {
        captionsEach: [least, most],
      },
    ]) => (least === most ? `${least}` : `${least} to ${most}`),
  );
  const against = other === undefined || other === own ? "" : `, against ${other}`;
  return `${formatCount(report.pictures)} pictures with ${own} captions each${against}`;
}

/** What one must know to read the scores. */
export function diversityNotes(report: DiversityReport): string[] {
  const { signatures, against, differences, resampling } = report;
  const { confidence, resamples, seed } = resampling;
  const compared = Object.values(differences ?? {});
  const apart = Object.keys(against?.signatures ?? {}).filter((name) => against!.signatures[name] !== signatures[name]);
  const others = apart.map((name) => `against: ${against!.signatures[name]}`);
  return [
    ...Object.values(signatures),
    ...others,
    `[low, high]: ${formatPercent(confidence)} bootstrap intervals; pictures are resampled, ${formatCount(resamples)} times, seed ${seed}`,
    "Of mBLEU less is more diverse, of the others more.",
    ...(apart.length > 0
      ? [
          `${apart.join(", ")}: the signatures differ, so no difference is told. How many captions a picture has counts.`,
        ]
      : []),
    ...(compared.length > 0 ? noteTests(compared, resampling, undefined) : []),
  ];
}

/** What all captions are like, a row each, with a cell for each system. */
export function statisticsRows(report: DiversityReport): readonly (readonly [name: string, ...cells: string[]])[] {
  const columns = systemsOf(report).map(([, { statistics }]) => listStatistics(statistics));
  return columns[0]!.map(([name, cell]) => [
    name,
    cell,
    ...columns.slice(1).map((other) => other.find(([own]) => own === name)?.[1] ?? ""),
  ]);
}

function statisticsTable(report: DiversityReport): Table {
  const head = report.against ? ["all captions", ...NAMES] : ["all captions", ""];
  return { head, rows: statisticsRows(report), rules: "none" };
}

function listStatistics(statistics: SystemDiversity["statistics"]): [string, string][] {
  const { captions, words, vocabulary, length, distinct_1, distinct_2, unique, novel, newWords } = statistics;
  return [
    ["captions", formatCount(captions)],
    ["words", formatCount(words)],
    ["vocabulary (distinct words)", formatCount(vocabulary)],
    ["length: mean", length.mean.toFixed(2)],
    ["length: median", formatWords(length.median)],
    ["length: 5 % to 95 %", `${formatWords(length.p5)} to ${formatWords(length.p95)}`],
    ["length: shortest, longest", `${length.min}, ${length.max}`],
    ["distinct-1, distinct-2", `${distinct_1.toFixed(4)}, ${distinct_2.toFixed(4)}`],
    ["unique captions", formatPercent(round(unique))],
    ...(novel === undefined ? [] : [["novel captions", formatPercent(round(novel))] as [string, string]]),
    ...(newWords === undefined ? [] : [["words not trained on", formatPercent(round(newWords))] as [string, string]]),
  ];
}

/** A number of words, which lies between whole ones where a percentile does. */
function formatWords(words: number): string {
  return String(Number(words.toFixed(2)));
}

/** A tenth of a percent. */
function round(share: number): number {
  return Math.round(1000 * share) / 1000;
}
