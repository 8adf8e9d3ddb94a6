/** An example with its picture, as far as the data set names one. */
interface Pictured {
  readonly id: string;
  readonly pictures?: readonly string[] | undefined;
  readonly images?: readonly string[];
}

/**
 * Predictions that name their examples by the files of their pictures, with or without folders and ending, under the ids of
 * the examples; undefined where any of them has an example's id, or names no picture, or that of several examples.
 */
export function matchPictures<P extends { readonly id: string }>(
  examples: readonly Pictured[],
  predictions: readonly P[],
): P[] | undefined {
  const ids = new Set(examples.map(({ id }) => id));
  if (predictions.length === 0 || predictions.some(({ id }) => ids.has(id))) return undefined;
  const owners = new Map<string, string | undefined>();
  for (const { id, pictures, images } of examples) {
    const [file, second] = pictures ?? images ?? [];
    if (file === undefined || second !== undefined) return undefined;
    const name = nameOf(file);
    owners.set(name, owners.has(name) ? undefined : id);
  }
  const matched: P[] = [];
  for (const prediction of predictions) {
    const id = owners.get(nameOf(prediction.id));
    if (id === undefined) return undefined;
    matched.push({ ...prediction, id });
  }
  return matched;
}

/** `COCO_val2014_000000000001` of `val2014/COCO_val2014_000000000001.jpg`. */
function nameOf(file: string): string {
  return file
    .slice(Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")) + 1)
    .replace(/\.(?:jpe?g|png|webp|gif|bmp|tiff?)$/i, "");
}
