import { type AgreementRow, COEFFICIENTS, type Coefficient } from "@simvlm/metrics";
import type { AgreementReport } from "../tasks/human-agreement.js";
import { formatCount, formatPercent, formatScore } from "./numbers.js";
import { line, printable } from "./printable.js";
import type { Block, Table } from "./tables.js";

/** What the coefficients are called. */
export const COEFFICIENT_TITLES: Readonly<Record<Coefficient, string>> = {
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
  return [formatAgreement(report, by), printable(listNotes(report, by).join("\n"))];
}

function formatAgreement(report: AgreementReport, by: Coefficient): Table {
  const { leftOut } = report;
  const shown = shownCoefficients(report);
  return {
    title: `Agreement with people: ${describeJudged(report)}`,
    head: [
      "score",
      ...shown.map((name) => COEFFICIENT_TITLES[name]),
      `certainly better than (${COEFFICIENT_TITLES[by]})`,
    ],
    alignments: ["left", ...shown.map(() => "right" as const), "left"],
    rows: bestFirst(report, by).map((row) => [
      line(row.score),
      ...shown.map((name) => (row[name] ? formatScore(row[name].score, row[name]) : "")),
      listBeaten(report, row.score, by).map(line).join(", "),
    ]),
    remarks: leftOut > 0 ? [noteLeftOut(report)] : [],
  };
}

/** `42 captions of 14 pictures, 42 ratings (means)` */
export function describeJudged({ captions, pictures, ratings, preferences, counted }: AgreementReport): string {
  return [
    `${formatCount(captions)} captions of ${formatCount(pictures)} pictures`,
    ...(ratings > 0 ? [`${formatCount(ratings)} ratings${counted === "mean" ? " (means)" : ""}`] : []),
    ...(preferences > 0 ? [`${formatCount(preferences)} preferences`] : []),
  ].join(", ");
}

/** The coefficients that any score has. */
export function shownCoefficients({ rows }: AgreementReport): Coefficient[] {
  return COEFFICIENTS.filter((name) => rows.some((row) => row[name]));
}

/** The scores by how well they agree. */
export function bestFirst({ rows }: AgreementReport, by: Coefficient): AgreementRow[] {
  return [...rows].sort((a, b) => (b[by]?.score ?? -Infinity) - (a[by]?.score ?? -Infinity));
}

function noteLeftOut({ leftOut }: AgreementReport): string {
  return `${formatCount(leftOut)} captions are one of their picture's references, and were left out.`;
}

/** The scores that agree less by more than chance. */
export function listBeaten({ differences }: AgreementReport, score: string, by: Coefficient): string[] {
  return differences
    .filter(({ coefficient, pValue, holm = pValue }) => coefficient === by && holm < SIGNIFICANT)
    .flatMap((row) => {
      const [better, worse] = row.difference > 0 ? [row.score, row.against] : [row.against, row.score];
      return better === score ? [worse] : [];
    });
}

/** What one must know to read it, beside what was left out. */
function listNotes(report: AgreementReport, by: Coefficient): string[] {
  const { signatures, resampling, correction, notes, differences } = report;
  const { resamples, confidence, seed } = resampling;
  const least = differences.filter(({ coefficient }) => coefficient === by).length / (resamples + 1);
  return [
    ...Object.values(signatures),
    `[low, high]: ${formatPercent(confidence)} bootstrap intervals; pictures are resampled, ${formatCount(resamples)} times, seed ${seed}`,
    `Certainly better: the paired bootstrap's p-value${correction ? ", corrected by Holm's method," : ""} of the difference in ${COEFFICIENT_TITLES[by]} is below ${SIGNIFICANT}.`,
    ...(correction && least >= SIGNIFICANT
      ? [`With ${resamples} resamples no corrected p-value can be below ${Math.min(1, least).toFixed(3)}: take more.`]
      : []),
    ...notes,
  ];
}

/** What one must know to read it. */
export function agreementNotes(report: AgreementReport, by: Coefficient): string[] {
  return [...(report.leftOut > 0 ? [noteLeftOut(report)] : []), ...listNotes(report, by)];
}
