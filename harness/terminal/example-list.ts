import type { ComparedExample, RunComparison, WinsAndLosses } from "../compare/comparison.js";
import { formatCount, formatScore, formatSigned } from "./numbers.js";
import { line } from "./printable.js";

/** The examples that differ most, a paragraph each. */
export function formatExamples({ winsAndLosses }: RunComparison): string[] {
  return winsAndLosses.flatMap((pair) => {
    const { run, against, score, counts, wins, losses } = pair;
    const { wins: better, losses: worse, ties } = counts;
    const noun = better === 1 ? "example" : "examples";
    const head = `${line(run)} against ${line(against)}, by ${score}: better on ${formatCount(better)} ${noun}, worse on ${formatCount(worse)}, equal on ${formatCount(ties)}`;
    const parts = [
      ["Largest gains", wins],
      ["Largest losses", losses],
    ] as const;
    const shown = parts.filter(([, examples]) => examples.length > 0);
    return [head, ...shown.map(([title, examples]) => `${title}:\n${formatList(examples, pair)}`)];
  });
}

function formatList(examples: readonly ComparedExample[], { run, against }: WinsAndLosses): string {
  return examples.map((example) => formatExample(example, line(run), line(against))).join("\n");
}

function formatExample(example: ComparedExample, run: string, against: string): string {
  const { id, images, asked, reference, prediction, againstPrediction, value, againstValue, difference } = example;
  const pictures = images.length > 0 ? ` (${images.map(line).join(", ")})` : "";
  const said: [string, string][] = [
    ...(asked === undefined ? [] : [["asked", line(asked)] as [string, string]]),
    [run, `${line(prediction)} (${formatScore(value)})`],
    [against, `${line(againstPrediction)} (${formatScore(againstValue)})`],
    ...(reference === undefined ? [] : [["reference", line(reference)] as [string, string]]),
  ];
  const width = Math.max(...said.map(([name]) => name.length));
  const lines = said.map(([name, text]) => `    ${name.padEnd(width)}  ${text}`);
  return [`  ${formatSigned(difference)}  ${line(id)}${pictures}`, ...lines].join("\n");
}
