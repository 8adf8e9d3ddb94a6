/** A stretch of words of two texts: in both, or in one of them alone. */
export interface WordChange {
  readonly kind: "same" | "added" | "removed";
  readonly text: string;
}

/** Beyond, texts are not compared word by word: it would take long, and nobody could read it. */
const MOST_PAIRS = 250_000;

/**
 * How one text becomes another, word by word, by their longest common subsequence. Upper and lower case, and punctuation
 * at the ends of words, make no difference.
 */
export function compareWords(from: string, to: string): WordChange[] {
  const [before, after] = [splitWords(from), splitWords(to)];
  const [rows, columns] = [before.length + 1, after.length + 1];
  if (rows * columns > MOST_PAIRS) return [...join("removed", before), ...join("added", after)];
  const [one, other] = [before.map(normalize), after.map(normalize)];
  const lengths = new Uint16Array(rows * columns);
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      lengths[i * columns + j] =
        one[i] === other[j]
          ? lengths[(i + 1) * columns + j + 1]! + 1
          : Math.max(lengths[(i + 1) * columns + j]!, lengths[i * columns + j + 1]!);
    }
  }
  const changes: { kind: WordChange["kind"]; words: string[] }[] = [];
  const add = (kind: WordChange["kind"], word: string) => {
    if (changes.at(-1)?.kind === kind) changes.at(-1)!.words.push(word);
    else changes.push({ kind, words: [word] });
  };
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && one[i] === other[j]) {
      add("same", after[j]!);
      i++;
      j++;
    } else if (
      j >= after.length ||
      (i < before.length && lengths[(i + 1) * columns + j]! >= lengths[i * columns + j + 1]!)
    ) {
      add("removed", before[i]!);
      i++;
    } else {
      add("added", after[j]!);
      j++;
    }
  }
  return changes.map(({ kind, words }) => ({ kind, text: words.join(" ") }));
}

function join(kind: WordChange["kind"], words: readonly string[]): WordChange[] {
  return words.length > 0 ? [{ kind, text: words.join(" ") }] : [];
}

function splitWords(text: string): string[] {
  return text.split(/\s+/u).filter((word) => word !== "");
}

/** What is nothing but punctuation stays as it is. */
function normalize(word: string): string {
  const lower = word.toLowerCase();
  return lower.replace(/^[\p{P}\p{S}]+|[\p{P}\p{S}]+$/gu, "") || lower;
}
