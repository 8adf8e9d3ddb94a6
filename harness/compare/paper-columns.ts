import type { TaskName } from "../tasks/task.js";
import type { PublishedColumn } from "./paper-table.js";

const PERCENT = 100;

/** COCO's or NoCaps' BLEU-4, METEOR, CIDEr and SPICE, as the paper prints them: times 100. */
const CAPTION_SCORES = {
  "B@4": { metric: "BLEU-4", score: "Bleu_4" },
  M: { metric: "METEOR", score: "METEOR" },
  C: { metric: "CIDEr", score: "CIDEr" },
  S: { metric: "SPICE", score: "SPICE" },
} as const;

function captionColumn(set: "COCO" | "NoCaps", name: keyof typeof CAPTION_SCORES): PublishedColumn {
  const { metric, score } = CAPTION_SCORES[name];
  const withDomains = set === "NoCaps";
  return {
    name: `${set} ${name}`,
    measuredOn: set === "COCO" ? "COCO Caption" : "NoCaps",
    metric,
    task: "caption",
    ours: { score, subset: "all", scale: PERCENT, withDomains },
    // COCO's is Karpathy's; of which split of NoCaps a figure is, the table does not say of all.
    runs: { splits: set === "COCO" ? ["test"] : [], figure: name },
  };
}

/** The columns of COCO captions. */
export const COCO_COLUMNS = (["B@4", "M", "C", "S"] as const).map((name) => captionColumn("COCO", name));
/** The columns of NoCaps captions, on the whole. */
export const NOCAPS_COLUMNS = (["C", "S"] as const).map((name) => captionColumn("NoCaps", name));

/** CIDEr on NoCaps, by domain. */
export const NOCAPS_DOMAIN_COLUMNS = (
  [
    ["in", "in-domain"],
    ["near", "near-domain"],
    ["out", "out-domain"],
    ["overall", "all"],
  ] as const
).map(
  ([name, subset]): PublishedColumn => ({
    name: `NoCaps C ${name}`,
    measuredOn: `NoCaps val, ${subset === "all" ? "entire" : subset}`,
    metric: "CIDEr",
    task: "caption",
    ours: { score: "CIDEr", subset, scale: PERCENT, withDomains: true },
    runs: { splits: ["val"], figure: `C ${name}` },
  }),
);

/** What files call the splits of the paper, where it is not what the paper calls them. */
const FILE_NAMES: Readonly<Record<string, readonly string[]>> = { "test-P": ["test-P", "test1"] };

/**
 * A column for each split.
 * @param scale from our scores to the paper's
 */
export function accuracyColumns(
  task: TaskName,
  set: string,
  splits: readonly string[],
  scale = PERCENT,
): PublishedColumn[] {
  return splits.map((split) => ({
    name: `${set} ${split}`,
    measuredOn: `${set} ${split}`,
    metric: "accuracy",
    task,
    ours: { score: "accuracy", subset: "all", scale },
    runs: { splits: FILE_NAMES[split] ?? [split], figure: "accuracy" },
  }));
}

/** The column of translations. */
export const MULTI30K_BLEU: PublishedColumn = {
  name: "Multi30k B@4",
  measuredOn: "Multi30k En→De; by which BLEU script is not known",
  metric: "BLEU-4",
  task: "translate",
  ours: { score: "sacreBLEU", subset: "all", scale: 1 },
  runs: { splits: ["test", "test2016", "test_2016_flickr"], figure: "B@4" },
};
