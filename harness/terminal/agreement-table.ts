import { COEFFICIENTS, type Coefficient } from "@simvlm/metrics";
import type { AgreementReport } from "../tasks/human-agreement.js";
import { formatCount, formatPercent, formatScore } from "./numbers.js";
import { line, printable } from "./printable.js";
import type { Block, Table } from "./tables.js";

const HEADS: Readonly<Record<Coefficient, string>> = {
  tau_b: "Kendall τ-b",
  tau_c: "Kendall τ-c",
  spearman: "Spearman ρ",
  accuracy: "pairwise accuracy",
};

/** Where a difference is commonly said to be more than chance. */
const SIGNIFICANT = 0.05;

/**
 * Metrics beside people, the best first.
 * @param by what they are sorted and told apart by
 */
export function agreementBlocks(report: AgreementReport, by: Coefficient): Block[] {
  return [formatAgreement(report, by), formatNotes(report, by)];
}

function formatAgreement(report: AgreementReport, by: Coefficient): Table {
  const { captions, pictures, ratings, preferences, counted, leftOut } = report;
  const shown = COEFFICIENTS.filter((name) => report.rows.some((row) => row[name]));
  const rows = [...report.rows].sort((a, b) => (b[by]?.score ?? -Infinity) - (a[by]?.score ?? -Infinity));
  const said = [
    `${formatCount(captions)} captions of ${formatCount(pictures)} pictures`,
    ...(ratings > 0 ? [`${formatCount(ratings)} ratings${counted === "mean" ? " (means)" : ""}`] : []),
    ...(preferences > 0 ? [`${formatCount(preferences)} preferences`] : []),
  ];
  return {
    title: `Agreement with people: ${said.join(", ")}`,
    head: ["score", ...shown.map((name) => HEADS[name]), `certainly better than (${HEADS[by]})`],
    alignments: ["left", ...shown.map(() => "right" as const), "left"],
    rows: rows.map((row) => [
      line(row.score),
      ...shown.map((name) => (row[name] ? formatScore(row[name].score, row[name]) : "")),
      listBeaten(report, row.score, by).map(line).join(", "),
    ]),
    remarks:
      leftOut > 0 ? [`${formatCount(leftOut)} captions are one of their picture's references, and were left out.`] : [],
  };
}

/** The scores that agree less by more than chance. */
function listBeaten({ differences }: AgreementReport, score: string, by: Coefficient): string[] {
  return differences
    .filter(({ coefficient, pValue, holm = pValue }) => coefficient === by && holm < SIGNIFICANT)
    .flatMap((row) => {
      const [better, worse] = row.difference > 0 ? [row.score, row.against] : [row.against, row.score];
      return better === score ? [worse] : [];
    });
}

function formatNotes({ signatures, resampling, correction, notes }: AgreementReport, by: Coefficient): string {
  const { resamples, confidence, seed } = resampling;
  const lines = [
    ...Object.values(signatures),
    `[low, high]: ${formatPercent(confidence)} bootstrap intervals; pictures are resampled, ${formatCount(resamples)} times, seed ${seed}`,
    `Certainly better: the paired bootstrap's p-value${correction ? ", corrected by Holm's method," : ""} of the difference in ${HEADS[by]} is below ${SIGNIFICANT}.`,
    ...notes,
  ];
  return printable(lines.join("\n"));
}
