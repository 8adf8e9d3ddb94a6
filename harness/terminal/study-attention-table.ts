import type { Study } from "../study/run-study.js";
import { titleOf } from "../study/study-recipe.js";
import { MAP_TITLES, MEASURE_HEADS } from "./faithfulness-table.js";
import type { Table } from "./tables.js";

/** Of each measure of faithfulness, the map that it is shown of: the one that deserves belief by it. */
const SHOWN = [
  ["rollout", "deletion"],
  ["rollout", "insertion"],
  ["gradient", "correlation"],
  ["gradient", "drop"],
  ["gradient", "energy"],
  ["mean", "pointing"],
] as const;

/** How far each variant's words depend on what its maps point at; absent of a study that did not look. */
export function attentionTable({ recipe, cells }: Study): Table | undefined {
  const rows = recipe.variants.flatMap((variant) => {
    const looks = cells.filter((cell) => cell.variant === variant.name).flatMap(({ attention }) => attention ?? []);
    if (looks.length === 0) return [];
    const meanOf = (map: string, measure: string) => {
      const found = looks.flatMap(({ maps }) => maps.find((each) => each.map === map)?.measures[measure]?.score ?? []);
      return found.length === 0 ? undefined : found.reduce((sum, each) => sum + each, 0) / found.length;
    };
    const cellOf = (map: string, measure: string) => {
      const [score, chance] = [meanOf(map, measure), meanOf("random", measure)];
      return score === undefined ? "–" : `${score.toFixed(3)} (${chance === undefined ? "–" : chance.toFixed(3)})`;
    };
    return [[titleOf(variant), ...SHOWN.map(([map, measure]) => cellOf(map, measure))]];
  });
  if (rows.length === 0) return undefined;
  return {
    title: "How far maps of attention can be believed",
    head: ["", ...SHOWN.map(([map, measure]) => `${MAP_TITLES[map]}: ${MEASURE_HEADS[measure]}`)],
    rows,
    rules: "none",
    remarks: [
      `Of ${recipe.attention?.pictures} pictures each, before fine-tuning, as a mean over the seeds; in parentheses random maps.`,
    ],
  };
}
