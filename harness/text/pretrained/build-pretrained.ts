import { assembleTokenizer, type Tokenizer } from "../assemble-tokenizer.js";
import { createTokenFinder } from "./added-tokens.js";
import { createBytePairs } from "./byte-pairs.js";
import type { PretrainedFile, WordPieceFile } from "./file-schema.js";
import type { TextModel } from "./text-model.js";
import { createWordPieces } from "./word-pieces.js";

/** What the tokenizer of a published model is made of besides its file, as JSON. */
export interface PretrainedParts extends Pick<Tokenizer, "startId" | "endId" | "padId" | "unknownId"> {
  /** How many ids the model can say. */
  readonly vocabularySize: number;
  /** Special tokens of the model that the file lacks, by name. */
  readonly added: Readonly<Record<string, number>>;
  /** Whether decoded text loses the spaces before punctuation marks and in contractions. */
  readonly cleanUp: boolean;
}

/** The tokenizer of a file and parts that have been checked. Nothing here needs Node.js or a browser. */
export function buildPretrained(file: PretrainedFile, parts: PretrainedParts): Tokenizer {
  const { added, cleanUp, vocabularySize, ...special } = parts;
  const ids = idsOf(file);
  const pieces = new Array<string | undefined>(vocabularySize).fill(undefined);
  for (const [piece, id] of [...ids, ...Object.entries(added)]) pieces[id] = piece;
  const model = isWordPiece(file) ? createWordPieces(file, cleanUp) : createBytePairs(file);
  // A token that is looked for in normalised text is decoded as it stands there; ids beyond the tokenizer are nothing.
  const written = new Map(Array.from(ids, ([piece, id]) => [id, piece]));
  for (const { id, content } of file.added_tokens.filter(({ normalized }) => normalized)) {
    written.set(id, model.normalize(content));
  }
  return assembleTokenizer({
    ...special,
    vocabulary: pieces.map((piece, id) => piece ?? `<${id}>`),
    specialIds: new Set(Array.from(pieces.keys()).filter(createSpecialTest(file, ids))),
    file,
    pretrained: parts,
    encode: createEncoder(file, model, ids),
    textOf: (all) => model.decode(all.flatMap((id) => written.get(id) ?? [])),
  });
}

/** The ids of pieces and added tokens. */
export function idsOf(file: PretrainedFile): ReadonlyMap<string, number> {
  return new Map([
    ...Object.entries(file.model.vocab),
    ...file.added_tokens.map(({ content, id }) => [content, id] as const),
  ]);
}

/** Whether an id belongs to no word: those that the file calls special, and those that it lacks. */
export function createSpecialTest(file: PretrainedFile, ids: ReadonlyMap<string, number>): (id: number) => boolean {
  const special = new Set(file.added_tokens.filter((token) => token.special).map(({ id }) => id));
  const known = new Set(ids.values());
  return (id) => special.has(id) || !known.has(id);
}

function isWordPiece(file: PretrainedFile): file is WordPieceFile {
  return file.model.type === "WordPiece";
}

/** Text between added tokens is normalised, looked through for tokens of normalised text, and cut into pieces. */
function createEncoder(
  { added_tokens }: PretrainedFile,
  model: TextModel,
  ids: ReadonlyMap<string, number>,
): (text: string) => number[] {
  const findAdded = createTokenFinder(
    added_tokens.filter(({ normalized }) => !normalized),
    ({ content }) => content,
  );
  const findNormalized = createTokenFinder(
    added_tokens.filter(({ normalized }) => normalized),
    ({ content }) => model.normalize(content),
  );
  const piecesOf = (part: string | number): number[] =>
    typeof part === "number" ? [part] : model.encode(part).map((piece) => ids.get(piece)!);
  return (text) =>
    findAdded(text.replace(/\p{Surrogate}/gu, "\uFFFD")).flatMap((part) =>
      typeof part === "number" ? [part] : findNormalized(model.normalize(part)).flatMap(piecesOf),
    );
}
