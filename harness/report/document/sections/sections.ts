import type { Arrangement } from "../../arrangement.js";
import { checkView } from "../../check/check-view.js";
import { examplesView } from "../../examples/examples-view.js";
import { explanationsView } from "../../explanation/index.js";
import type { Html } from "../../html.js";
import { scoresByDomainView } from "../../plots/index.js";
import { paperView, slicesView } from "../../tables/index.js";
import type { View } from "../../view.js";
import type { Report, ReportData } from "../data.js";
import type { Section } from "../file.js";
import { showAttention } from "./attention-section.js";
import { showData, showManifests, showNotes } from "./provenance-section.js";
import { showChanges, showExtremes, showScores, showWinsAndLosses } from "./results-section.js";
import { showEnvironment, showSettings } from "./settings-section.js";
import { showSummary } from "./summary-section.js";

type Content = View | Html;

interface Part extends Pick<Section, "id" | "title"> {
  /** Whether there is anything to show; default yes. */
  readonly has?: (data: ReportData, arrangement: Arrangement) => boolean;
  readonly show: (report: Report, arrangement: Arrangement) => Content | Promise<Content>;
}

/** The report from top to bottom. */
const PARTS: readonly Part[] = [
  {
    id: "summary",
    title: "In short",
    has: ({ comparison }) => comparison.scores.length > 0,
    show: ({ data }, arrangement) => showSummary(data, arrangement),
  },
  {
    id: "check",
    title: "Check the scores",
    has: ({ scoring, withheld }, { isCheckable }) => isCheckable && (scoring !== undefined || withheld === true),
    show: ({ data: { withheld } }) => checkView({ hasReferences: !withheld }),
  },
  {
    id: "domains",
    title: "By kind of example",
    has: ({ comparison }) => comparison.scores.some(({ subset }) => subset !== "all"),
    show: ({ data: { comparison } }) => scoresByDomainView(comparison),
  },
  {
    id: "slices",
    title: "Slices",
    has: ({ comparison }) => !!comparison.slices?.scores.length,
    show: ({ data: { comparison } }, arrangement) => slicesView(comparison, arrangement),
  },
  {
    id: "scores",
    title: "Every score",
    has: ({ comparison }) => comparison.scores.length > 0,
    show: ({ data }, arrangement) => showScores(data, arrangement),
  },
  {
    id: "changes",
    title: "Completions that differ",
    has: ({ comparison }) => !!comparison.changes?.length,
    show: ({ data }) => showChanges(data),
  },
  {
    id: "wins",
    title: "Wins and losses",
    has: ({ comparison }) => comparison.winsAndLosses.length > 0,
    show: ({ data }) => showWinsAndLosses(data),
  },
  {
    id: "examples",
    title: "Best and worst examples",
    has: ({ extremes }) => extremes.length > 0,
    show: ({ data }) => showExtremes(data),
  },
  {
    id: "every-example",
    title: "Every example",
    has: ({ listing }) => listing !== undefined,
    show: ({ data }) => examplesView(data.runs[0]!.outcomes.length, { isScored: data.scoring !== undefined }),
  },
  {
    id: "why",
    title: "Why these scores",
    has: ({ explanations = [] }) => explanations.length > 0,
    show: ({ data: { explanations = [] } }) => explanationsView(explanations),
  },
  {
    id: "attention",
    title: "Where the models looked",
    has: ({ attention: { figures, remarks, faithfulness = [] } }) =>
      figures.length + remarks.length + faithfulness.length > 0,
    show: ({ data, figures }) => showAttention(data, figures),
  },
  {
    id: "paper",
    title: "Beside the paper",
    has: ({ comparison }) => comparison.paper.length > 0,
    show: ({ data: { comparison } }) => paperView(comparison),
  },
  { id: "settings", title: "Settings and decoding", show: ({ data }) => showSettings(data) },
  { id: "data", title: "Data and metrics", show: ({ data }, arrangement) => showData(data, arrangement) },
  { id: "environment", title: "Code, packages, machine", show: ({ data }) => showEnvironment(data) },
  { id: "manifests", title: "Manifests", show: ({ data }) => showManifests(data) },
  { id: "notes", title: "Notes", show: ({ data }, arrangement) => showNotes(data, arrangement) },
];

/** The sections that have something to show. */
export async function listSections(report: Report, arrangement: Arrangement): Promise<Section[]> {
  const shown = PARTS.filter(({ has = () => true }) => has(report.data, arrangement));
  return Promise.all(
    shown.map(async ({ id, title, show }) => ({ id, title, content: [await show(report, arrangement)] })),
  );
}
