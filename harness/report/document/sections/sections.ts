import type { Html } from "../../html.js";
import { paperView } from "../../tables/index.js";
import type { View } from "../../view.js";
import type { ReportData } from "../data.js";
import type { Section } from "../file.js";
import { showData, showManifests, showNotes } from "./provenance.js";
import { showChanges, showExtremes, showScores, showWinsAndLosses } from "./results.js";
import { showEnvironment, showSettings } from "./settings.js";

type Content = View | Html;

interface Part extends Pick<Section, "id" | "title"> {
  /** Whether there is anything to show; default yes. */
  readonly has?: (data: ReportData) => boolean;
  readonly show: (data: ReportData) => Content | Promise<Content>;
}

/** The report from top to bottom. */
const PARTS: readonly Part[] = [
  { id: "scores", title: "Scores", has: ({ comparison }) => comparison.scores.length > 0, show: showScores },
  {
    id: "changes",
    title: "Completions that differ",
    has: ({ comparison }) => !!comparison.changes?.length,
    show: showChanges,
  },
  {
    id: "wins",
    title: "Wins and losses",
    has: ({ comparison }) => comparison.winsAndLosses.length > 0,
    show: showWinsAndLosses,
  },
  { id: "examples", title: "Best and worst examples", has: ({ extremes }) => extremes.length > 0, show: showExtremes },
  {
    id: "paper",
    title: "Beside the paper",
    has: ({ comparison }) => comparison.paper.length > 0,
    show: ({ comparison }) => paperView(comparison),
  },
  { id: "settings", title: "Settings and decoding", show: showSettings },
  { id: "data", title: "Data and metrics", show: showData },
  { id: "environment", title: "Code, packages, machine", show: showEnvironment },
  { id: "manifests", title: "Manifests", show: showManifests },
  { id: "notes", title: "Notes", show: showNotes },
];

export async function listSections(data: ReportData): Promise<Section[]> {
  const shown = PARTS.filter(({ has = () => true }) => has(data));
  return Promise.all(shown.map(async ({ id, title, show }) => ({ id, title, content: [await show(data)] })));
}
