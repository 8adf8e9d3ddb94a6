import type { MeasuredRuns } from "../../compare/compare-runs.js";
import { examplesById } from "../../tasks/examples-by-id.js";
import type { Listing } from "./data.js";

/**
 * What the table of all examples shows beside predictions and scores.
 * @param ids of the examples, in the order of the data
 */
export function listShown(
  { source, slices, scored }: Pick<MeasuredRuns, "source" | "slices" | "scored">,
  ids: readonly string[],
): Listing {
  const examples = examplesById(source.data);
  const listed = ids.map((id) => examples.get(id)!);
  const kinds = [...new Set(listed.flatMap(({ groups }) => (groups ? Object.keys(groups) : [])))].filter((kind) =>
    listed.some(({ groups }) => groups?.[kind] !== undefined),
  );
  const isKind = (name: string) => kinds.some((kind) => kind === name || kind.replaceAll(" ", "-") === name);
  const sliced = (slices?.slicings ?? [])
    .filter(({ name }) => !isKind(name))
    .map(({ name, slices }) => {
      const found = new Map(
        slices.flatMap((slice) => Array.from(slice.rows, (row) => [scored[0]!.scored.ids[row]!, slice.name])),
      );
      return [name, ids.map((id) => found.get(id) ?? null)] as const;
    });
  return {
    images: listed.map(({ images }) => images.map(source.nameImage)),
    ...(listed.some(({ asked }) => asked) && { asked: listed.map(({ asked }) => asked ?? null) }),
    kinds: Object.fromEntries([
      ...kinds.map((kind) => [kind, listed.map(({ groups }) => groups?.[kind] ?? null)] as const),
      ...sliced,
    ]),
  };
}
