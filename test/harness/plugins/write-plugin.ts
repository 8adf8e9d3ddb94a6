import { expect } from "vitest";
import { Scratch } from "../cli/run-cli.js";
import { runBuilt } from "./built.js";

/** Where plug-ins are written. */
export const scratch = new Scratch();
/** A command that scores captions. */
export const SCORE = [
  "score",
  "--task=caption",
  "--references=fixtures/nocaps/annotations.json",
  "--predictions=fixtures/nocaps/predictions-zero-shot.json",
];

/** Source of a good metric: its one score is the number of examples. */
export const metric = (name: string, fields = "") => `{
  kind: "metric", name: "${name}", scores: ["${name}_score"], columns: ["examples"],
  statistics: () => [1], scoresFromSums: ([sum]) => [sum], ${fields} }`;
/** Source of a good task without examples. */
export const task = (name: string, fields = "") => `{
  kind: "task", name: "${name}", modalities: ["none"], answers: ["generate"], maxLength: 3,
  load: async () => ({ examples: [], files: [], classes: [] }), instruct: () => "", resultsName: "results.json",
  formatResults: () => "", readResults: async () => [], metrics: [${metric(`${name}-metric`)}],
  mainScore: "${name}-metric_score", ${fields} }`;
/** Source of a good family that recognises nothing. */
export const family = (name: string, fields = "") => `{
  kind: "family", name: "${name}", title: "${name}", recognizes: () => false, files: [], open: async () => {}, ${fields} }`;

let count = 0;

/** A number that no other name has. */
export const number = (): number => ++count;

/** A module of its own with this text. */
export function write(text: string, ending = ".mjs"): string {
  return scratch.write(`plugin-${number()}${ending}`, text);
}

/** What a user is told who names this plug-in. */
export async function refuse(plugin: string, ...more: string[]): Promise<string> {
  const { code, stdout, stderr } = await runBuilt(...SCORE, "--metrics=rouge", "--plugin", plugin, ...more);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).not.toMatch(/bug|\n./); // one line
  return stderr.trim();
}

/** The scores that a plug-in's metrics give. */
export async function scoreWith(names: string, ...args: string[]): Promise<Record<string, number>> {
  const json = scratch.at("scores.json");
  const result = await runBuilt(...SCORE, `--metrics=${names}`, "--json", json, ...args);
  expect(result).toMatchObject({ code: 0 });
  return scratch.readJson<{ scores: Record<string, number> }>("scores.json").scores;
}
