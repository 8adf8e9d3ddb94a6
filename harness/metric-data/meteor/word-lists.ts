import { type MeteorResources, SimvlmError } from "@simvlm/metrics";

/** The files of METEOR that hold what it knows of English words, as they lie in its jar. */
export const WORD_LISTS = {
  functionWords: "function/english.words",
  prefixes: "nonbreaking/english.prefixes",
  synsets: "synonym/english.synsets",
  exceptions: "synonym/english.exceptions",
} as const;

/** The texts of {@link WORD_LISTS}. */
export type WordLists = Readonly<Record<keyof typeof WORD_LISTS, string>>;

/** What one METEOR knows, without its paraphrases and its name. @throws SimvlmError `bad-meteor-data` */
export function parseWordLists(lists: WordLists): Omit<MeteorResources, "paraphrases" | "name"> {
  return {
    functionWords: new Set(linesOf(lists.functionWords)),
    prefixes: parsePrefixes(lists.prefixes),
    synsets: parseSynsets(lists.synsets),
    exceptions: parseExceptions(lists.exceptions),
  };
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line !== "");
}

/** `Mr` in a line, or `No #NUMERIC_ONLY#`; a line that begins with `#` is a remark. */
function parsePrefixes(text: string): MeteorResources["prefixes"] {
  const always = new Set<string>();
  const beforeNumbers = new Set<string>();
  for (const line of linesOf(text)) {
    if (line.startsWith("#")) continue;
    const [, onlyBeforeNumbers] = /^(\S+)\s+#NUMERIC_ONLY#/.exec(line) ?? [];
    if (onlyBeforeNumbers === undefined) always.add(line.trim());
    else beforeNumbers.add(onlyBeforeNumbers);
  }
  return { always, beforeNumbers };
}

/** A line with a word, then one with the numbers of its sets of synonyms. */
function parseSynsets(text: string): Map<string, number[]> {
  return new Map(
    pairsOf(text, WORD_LISTS.synsets).map(([word, sets], i) => {
      const numbers = sets.split(" ").map(Number);
      if (!numbers.every((number) => Number.isSafeInteger(number))) {
        throw bad(`${WORD_LISTS.synsets}, line ${2 * i + 2}: "${sets.slice(0, 40)}" are not numbers of synsets.`);
      }
      return [word, numbers];
    }),
  );
}

/** A line with a base form, then one with its irregular forms; a form may have several bases. */
function parseExceptions(text: string): Map<string, string[]> {
  const bases = new Map<string, string[]>();
  for (const [base, forms] of pairsOf(text, WORD_LISTS.exceptions)) {
    for (const form of forms.split(" ")) bases.set(form, [...(bases.get(form) ?? []), base]);
  }
  return bases;
}

function pairsOf(text: string, name: string): [first: string, second: string][] {
  const lines = linesOf(text);
  if (lines.length % 2 !== 0) throw bad(`${name} has ${lines.length} lines, but they must come in pairs.`);
  return Array.from({ length: lines.length / 2 }, (_, i) => [lines[2 * i]!, lines[2 * i + 1]!]);
}

const bad = (message: string) => new SimvlmError("bad-meteor-data", message);
