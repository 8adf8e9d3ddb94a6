import type { DiversityReport } from "../tasks/caption-diversity.js";
import { formatCount, formatPercent, formatScore } from "./numbers.js";
import { line, printable } from "./printable.js";
import type { Block, Table } from "./tables.js";

/** How captions of a picture differ, and what all captions are like. */
export function diversityBlocks(report: DiversityReport): Block[] {
  const { pictures, captionsEach, scores, resampling, signatures } = report;
  const [least, most] = captionsEach;
  const names = Object.keys(scores);
  const table: Table = {
    title: `${formatCount(pictures)} pictures with ${least === most ? least : `${least} to ${most}`} captions each`,
    head: ["", ...names.map(line)],
    rows: [["all", ...names.map((name) => formatScore(scores[name]!.score, scores[name]))]],
  };
  const { confidence, resamples, seed } = resampling;
  const notes = [
    ...Object.values(signatures),
    `[low, high]: ${formatPercent(confidence)} bootstrap intervals; pictures are resampled, ${formatCount(resamples)} times, seed ${seed}`,
    "Of mBLEU less is more diverse, of the others more.",
  ];
  return [...(names.length > 0 ? [table] : []), statisticsTable(report), printable(notes.join("\n"))];
}

function statisticsTable({ statistics }: DiversityReport): Table {
  const { captions, words, vocabulary, length, distinct_1, distinct_2, unique, novel, newWords } = statistics;
  const rows: [string, string][] = [
    ["captions", formatCount(captions)],
    ["words", formatCount(words)],
    ["vocabulary (distinct words)", formatCount(vocabulary)],
    ["length: mean", length.mean.toFixed(2)],
    ["length: median", String(length.median)],
    ["length: 5 % to 95 %", `${length.p5} to ${length.p95}`],
    ["length: shortest, longest", `${length.min}, ${length.max}`],
    ["distinct-1, distinct-2", `${distinct_1.toFixed(4)}, ${distinct_2.toFixed(4)}`],
    ["unique captions", formatPercent(round(unique))],
    ...(novel === undefined ? [] : [["novel captions", formatPercent(round(novel))] as [string, string]]),
    ...(newWords === undefined ? [] : [["words not trained on", formatPercent(round(newWords))] as [string, string]]),
  ];
  return { head: ["all captions", ""], rows, rules: "none" };
}

/** A tenth of a percent. */
function round(share: number): number {
  return Math.round(1000 * share) / 1000;
}
