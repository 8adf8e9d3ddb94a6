import type { TaskExample } from "../tasks/task.js";

/** The pictures of one batch by their files, each once. */
export type BatchPictures<Picture> = ReadonlyMap<string, Picture>;

/** The pictures of a batch, and which of them were not those of the batch before. */
export interface ShownPictures<Picture> {
  readonly pictures: BatchPictures<Picture>;
  readonly fresh: readonly Picture[];
}

/**
 * Loads the pictures of one batch after the other, those of the next one while whoever asks works on this one. Each file
 * is loaded once: questions about one picture are given the same pixels, which a model that knows them again looks at
 * once. The last file of the batch before is not loaded again, since the questions about a picture may go on in the next
 * batch.
 * @param load pictures in the order of their files
 */
export function createPictureLoader<Picture>(load: (files: readonly string[]) => Promise<readonly Picture[]>) {
  let ahead: { readonly of: readonly TaskExample[]; readonly pictures: Promise<BatchPictures<Picture>> } | undefined;
  let shown: BatchPictures<Picture> = new Map();

  const loadBatch = async (
    examples: readonly TaskExample[],
    before: BatchPictures<Picture>,
  ): Promise<BatchPictures<Picture>> => {
    const files = [...new Set(examples.flatMap(({ images }) => images))];
    const last = [...before].at(-1);
    const kept = new Map(last && files.includes(last[0]) ? [last] : []);
    const missing = files.filter((file) => !kept.has(file));
    const loaded = await load(missing);
    const found = new Map([...kept, ...missing.map((file, i) => [file, loaded[i]!] as const)]);
    return new Map(files.map((file) => [file, found.get(file)!]));
  };

  /** @param next the batch that will be asked for next, as the very array */
  return async (examples: readonly TaskExample[], next?: readonly TaskExample[]): Promise<ShownPictures<Picture>> => {
    const pictures = await (ahead?.of === examples ? ahead.pictures : loadBatch(examples, shown));
    const fresh = [...pictures].flatMap(([file, picture]) => (shown.get(file) === picture ? [] : [picture]));
    shown = pictures;
    ahead = next && { of: next, pictures: loadBatch(next, pictures) };
    ahead?.pictures.catch(() => {}); // a run that is stopped does not ask for them
    return { pictures, fresh };
  };
}
