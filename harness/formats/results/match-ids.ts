/** An example with its picture, as far as the data set names one. */
interface Pictured {
  readonly id: string;
  readonly pictures?: readonly string[] | undefined;
  readonly images?: readonly string[];
}

interface Identified {
  readonly id: string;
}

/** Predictions under the ids of their examples, and how these were found. */
export interface MatchedIds<P> {
  readonly predictions: P[];
  /** For people: `the names of the pictures`. */
  readonly said: string;
}

/**
 * Predictions that call their examples otherwise than the data do: by numbers with zeros before or behind them (`000042`,
 * `42.0`), by the files of their pictures, with or without folders and ending, or by COCO's numbers in such names.
 * @returns undefined where the ids are those of the examples, or nothing else that they could be
 */
export function matchIds<P extends Identified>(
  examples: readonly Pictured[],
  predictions: readonly P[],
): MatchedIds<P> | undefined {
  const ids = new Set(examples.map(({ id }) => id));
  if (predictions.every(({ id }) => ids.has(id))) return undefined;
  const byNumber = rename(predictions, ids, ownersBy(examples, numberOf), numberOf);
  if (byNumber) return { predictions: byNumber, said: "numbers, written otherwise than in the references" };
  // A name is taken for a picture's only where all are: an id that is one of the examples' is meant as such.
  if (predictions.some(({ id }) => ids.has(id))) return undefined;
  const byPicture = rename(predictions, ids, pictureOwners(examples), nameOf);
  if (byPicture) return { predictions: byPicture, said: "the names of the pictures" };
  const byCocoName = rename(predictions, ids, ownersBy(examples, numberOf), cocoNumberOf);
  return byCocoName && { predictions: byCocoName, said: "the numbers in COCO's names of pictures" };
}

/** Finds examples one by one, by any of the ways in which {@link matchIds} knows them; undefined where none or several are meant. */
export function finderOf<Example extends Pictured>(
  examples: readonly Example[],
): (name: string) => Example | undefined {
  const byId = new Map(examples.map((example) => [example.id, example]));
  const [byFile, byName, byNumber] = [
    pictureOwners(examples),
    ownersBy(examples, nameOf),
    ownersBy(examples, numberOf),
  ];
  return (name) => {
    const keys = [numberOf(name), cocoNumberOf(name)].flatMap((key) => (key === undefined ? [] : [byNumber.get(key)]));
    const id = byId.has(name) ? name : [byFile.get(nameOf(name)), byName.get(nameOf(name)), ...keys].find(Boolean);
    return id === undefined ? undefined : byId.get(id);
  };
}

/** Every prediction under the id of its example; undefined unless all are found. */
function rename<P extends Identified>(
  predictions: readonly P[],
  ids: ReadonlySet<string>,
  owners: ReadonlyMap<string, string | undefined>,
  read: (id: string) => string | undefined,
): P[] | undefined {
  const renamed: P[] = [];
  for (const prediction of predictions) {
    const key = ids.has(prediction.id) ? undefined : read(prediction.id);
    const id = ids.has(prediction.id) ? prediction.id : key === undefined ? undefined : owners.get(key);
    if (id === undefined) return undefined;
    renamed.push({ ...prediction, id });
  }
  return renamed;
}

/** Which example is called so; undefined where several are. */
function ownersBy(examples: readonly Pictured[], read: (id: string) => string | undefined) {
  const owners = new Map<string, string | undefined>();
  for (const { id } of examples) {
    const key = read(id);
    if (key !== undefined) owners.set(key, owners.has(key) ? undefined : id);
  }
  return owners;
}

/** Of which example each picture is; nothing where examples have several. */
function pictureOwners(examples: readonly Pictured[]): Map<string, string | undefined> {
  const owners = new Map<string, string | undefined>();
  for (const { id, pictures, images } of examples) {
    const [file, second] = pictures ?? images ?? [];
    if (second !== undefined) return new Map();
    if (file === undefined) continue;
    const name = nameOf(file);
    owners.set(name, owners.has(name) ? undefined : id);
  }
  return owners;
}

/** `42` of `42`, `000042`, and `42.0`, which pandas makes of it where another row has none. */
function numberOf(id: string): string | undefined {
  return /^0*(\d+)(?:\.0+)?$/.exec(id)?.[1];
}

/** `42` of `COCO_val2014_000000000042.jpg` and `val2017/000000000042.jpg`. */
function cocoNumberOf(id: string): string | undefined {
  return /^(?:COCO_[a-z]+\d{4}_)?(?=\d{12}$)0*(\d+)$/.exec(nameOf(id))?.[1];
}

/** `COCO_val2014_000000000001` of `val2014/COCO_val2014_000000000001.jpg`. */
function nameOf(file: string): string {
  return file
    .slice(Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")) + 1)
    .replace(/\.(?:jpe?g|png|webp|gif|bmp|tiff?)$/i, "");
}
