import { SimvlmError } from "@simvlm/metrics";
import type { Tokenizer } from "../assemble-tokenizer.js";
import type { PretrainedTokenizerOptions } from "../pretrained-tokenizer.js";
import type { AddedToken } from "./added-tokens.js";
import { buildPretrained, createSpecialTest, idsOf } from "./build-pretrained.js";
import { collectTokenizer } from "./pretrained-file.js";
import { readTokenizerConfig } from "./tokenizer-config.js";
import { readTokenizerSource } from "./tokenizer-source.js";

/** As `loadPretrainedTokenizer` says. */
export async function loadPretrained(folder: string, options: PretrainedTokenizerOptions): Promise<Tokenizer> {
  const { vocabularySize, added = {} } = options;
  const [source, config] = await Promise.all([readTokenizerSource(folder), readTokenizerConfig(folder)]);
  const reserved = new Map(Object.entries(added).map(([name, id]) => [id, name]));
  const hasRoom = ({ id, content }: AddedToken) => id < vocabularySize && (reserved.get(id) ?? content) === content;
  const { file, named } = collectTokenizer(source, config, hasRoom);
  const ids = idsOf(file);
  const pieces = listPieces(ids, options, source.where);
  const own = (purpose: string): number | undefined => ids.get(named.get(purpose)?.content ?? "");
  const check = (role: string, id: number | undefined, mayBe: (id: number) => boolean): number => {
    if (id !== undefined && pieces[id] !== undefined && mayBe(id)) return id;
    const found = id === undefined ? "it has none" : `id ${id} is ${JSON.stringify(pieces[id]) ?? "no piece of it"}`;
    throw mismatch(source.where, `the vocabulary lacks the special token that ${role} a text: ${found}`);
  };
  const isSpecial = createSpecialTest(file, ids);
  const startId = check("begins", options.startId ?? own("cls_token") ?? own("bos_token"), isSpecial);
  const endId = check("ends", options.endId ?? own("sep_token") ?? own("eos_token"), isSpecial);
  const padId = check("fills up", options.padId ?? own("pad_token") ?? endId, () => true);
  const unknownId = ids.get(file.model.unk_token ?? "") ?? own("unk_token") ?? endId;
  const special = { startId, endId, padId, unknownId };
  return buildPretrained(file, { ...special, vocabularySize, added, cleanUp: config.cleanUp });
}

/** Models may have some ids more than their tokenizers have, so that matrices have round sizes. */
const MOST_LACKING = 1000;

/** The piece of every id that the model can say; some may have none. */
function listPieces(
  ids: ReadonlyMap<string, number>,
  { vocabularySize, added = {} }: PretrainedTokenizerOptions,
  where: string,
): (string | undefined)[] {
  const pieces = new Array<string | undefined>(vocabularySize).fill(undefined);
  for (const [piece, id] of [...ids, ...Object.entries(added)]) {
    if (id >= vocabularySize) {
      throw mismatch(where, `${JSON.stringify(piece)} has id ${id}, but the model has only ${vocabularySize} ids`);
    }
    const other = pieces[id];
    if ((other ?? piece) !== piece || (ids.get(piece) ?? id) !== id) {
      throw mismatch(where, `${JSON.stringify(piece)} should have id ${id}, which is ${JSON.stringify(other)}`);
    }
    pieces[id] = piece;
  }
  const lacking = vocabularySize - pieces.filter((piece) => piece !== undefined).length;
  if (lacking > MOST_LACKING) {
    throw mismatch(
      where,
      `it has no piece for ${lacking} of the model's ${vocabularySize} ids, so it is cut off, or another model's`,
    );
  }
  return pieces;
}

function mismatch(where: string, problem: string): SimvlmError {
  return new SimvlmError("tokenizer-mismatch", `${where}: ${problem}. The tokenizer must be that of the model.`);
}
