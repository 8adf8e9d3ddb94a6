import { notePretraining } from "../../../compare/model-notes.js";
import { isOwnFamily, recognizeFamily } from "../../../models/family-registry.js";
import { precisionOf } from "../../../models/weight-precision.js";
import { usageTable } from "../../../terminal/usage.js";
import { type Html, html } from "../../html.js";
import type { ReportData, ReportedRun } from "../data.js";
import { plainTable } from "../plain-table.js";

/** Who predicted, in a few words. */
const SOURCES: Readonly<Record<string, (source: Readonly<Record<string, unknown>>) => string>> = {
  model: ({ trained, config, family: name, weights }) => {
    const family = recognizeFamily(config);
    const what = `a checkpoint of ${family?.title ?? name ?? "an unknown family"}`;
    const size = family?.tellSize?.(config as Readonly<Record<string, unknown>>);
    const bits = precisionOf({ weights }) === "int8" && "weights in eight bits";
    return [what, size, bits, trained === false && "untrained, so its words are noise"].filter(Boolean).join(", ");
  },
  predictions: ({ file }) => `predictions from the file ${file}`,
  endpoint: ({ model, url }) => `${model} at ${url}`,
  transformers: ({ model, modelType, library }) => {
    const { name, version } = Object(library) as Readonly<Record<string, unknown>>;
    return `${model} (${modelType}) in ${name} ${version}`;
  },
};

/** A run's source of predictions, in a few words. */
export function describeSource({ who, manifest: { source } }: Pick<ReportedRun, "who" | "manifest">): string {
  if (who !== undefined) return who;
  const kind = String(source.kind);
  return Object.hasOwn(SOURCES, kind) ? SOURCES[kind]!(source) : kind;
}

/** What a report must keep of a source because not everybody can tell it; undefined for any other. */
export function describePlugged(manifest: ReportedRun["manifest"]): string | undefined {
  const family = manifest.source.kind === "model" ? recognizeFamily(manifest.source.config) : undefined;
  return family && !isOwnFamily(family) ? describeSource({ manifest }) : undefined;
}

/** Whether a run is of a family of models that is not known here. */
export function isOfUnknownFamily({ manifest: { source } }: ReportedRun): boolean {
  return source.kind === "model" && recognizeFamily(source.config) === undefined;
}

/** A link to a file beside the report, and nowhere else, whatever that is called. */
function linkToModel({ tryPage }: ReportedRun): Html | false {
  if (!tryPage) return false;
  return html`<br><a href="${encodeURIComponent(tryPage.file)}" target="_blank" rel="noopener">try this model</a>`;
}

/** The runs, and what their models had learnt before; the first is marked as the one that the others are compared with. */
export function describeRuns({ runs, comparison }: ReportData): Html {
  const rows = runs.map((run, i) => {
    const { label, name, manifest } = run;
    const place = name !== label && html`<br><small>${name}</small>`;
    const first = i === 0 && runs.length > 1 && html`<br><small>the others are compared with it</small>`;
    const who = html`${describeSource(run)}${linkToModel(run)}`;
    return { cells: [html`<b>${label}</b>${place}${first}`, who, manifest.created.slice(0, 10)] };
  });
  const used = usageTable(comparison.runs);
  const learnt = notePretraining(
    runs,
    comparison.scores.map(({ subset }) => subset),
  );
  return html`${plainTable({ name: "Runs", head: ["run", "who predicted", "made"], rows })}${
    used && plainTable({ name: "What the answers cost", head: used.head, rows: used.rows.map((cells) => ({ cells })) })
  }${learnt.map((sentence) => html`\n<p class="remark">${sentence}</p>`)}`;
}
