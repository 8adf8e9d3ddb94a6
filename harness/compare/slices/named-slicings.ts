import { groupExamples, SimvlmError } from "@simvlm/metrics";
import { groupBy } from "../../tasks/group-examples.js";
import type { TaskExample } from "../../tasks/task.js";
import { binNumbers } from "./bin-numbers.js";
import { NUMBER, type SliceableExamples, type Slicing } from "./slicing.js";

/** Ways to slice that any data may have; the rest of what was asked for stands behind a colon. */
const WAYS: Readonly<Record<string, (what: string, rest: string | undefined, from: SliceableExamples) => Slicing>> = {
  word: sliceByText,
  "caption-length": (what, rest, { scored }) =>
    sliceByNumber(what, rest, scored.map(countWords), "words of the references, the mean of an example's"),
  objects: (what, rest, { scored, objects }) => {
    const counts = objects?.map((cell) => (cell !== undefined && NUMBER.test(cell) ? Number(cell) : undefined));
    const told = counts ?? scored.map(({ instances }) => instances?.length);
    return sliceByNumber(what, rest, told, "kinds of objects in the picture");
  },
};

/**
 * A slicing by its name: one of {@link WAYS}, or a kind of example that the data have.
 * @throws SimvlmError `unknown-slicing`, `no-slices`
 */
export function sliceByName(what: string, from: SliceableExamples): Slicing {
  const [, name = "", rest] = /^([^:]*)(?::(.*))?$/s.exec(what) ?? [];
  if (Object.hasOwn(WAYS, name)) return WAYS[name]!(what, rest, from);
  const kind = rest === undefined ? findKind(what, from) : undefined;
  if (kind !== undefined) {
    const grouping = from.task.groupings?.find(({ by }) => by === kind) ?? { by: kind };
    return { name: what, about: "as the data say", slices: groupBy(grouping, from.scored) };
  }
  const kinds = listKinds(from.scored).map((one) => one.replaceAll(" ", "-"));
  throw new SimvlmError(
    "unknown-slicing",
    `These examples cannot be sliced by ${JSON.stringify(what)}. Choose one of ${[...kinds, "caption-length", "objects", "word:WORD"].join(", ")}, or give a table of ids with a column for it.`,
  );
}

/** `answer type` for `answer-type`. */
function findKind(what: string, { scored }: SliceableExamples): string | undefined {
  return listKinds(scored).find((kind) => kind.replaceAll(" ", "-") === what || kind === what);
}

function listKinds(examples: readonly TaskExample[]): string[] {
  const found = new Set<string>();
  for (const { groups = {} } of examples) {
    for (const [kind, value] of Object.entries(groups)) if (value !== undefined) found.add(kind);
  }
  return [...found];
}

function sliceByNumber(
  what: string,
  rest: string | undefined,
  values: readonly (number | undefined)[],
  about: string,
): Slicing {
  if (values.every((value) => value === undefined)) {
    throw new SimvlmError(
      "no-slices",
      `There is nothing to slice by ${what}: no example has ${about}. Give a table of ids with a column for it.`,
    );
  }
  const { kinds, order, how } = binNumbers(values, rest === undefined ? undefined : parseBounds(what, rest));
  return { name: what, about: `${about}, ${how}`, slices: groupExamples(kinds, order) };
}

function parseBounds(what: string, rest: string): number[] {
  const bounds = rest.split(",").map((bound) => (bound.trim() === "" ? Number.NaN : Number(bound)));
  if (bounds.every((bound, i) => Number.isFinite(bound) && (i === 0 || bound > bounds[i - 1]!))) return bounds;
  throw new SimvlmError(
    "unknown-slicing",
    `${what}: behind the colon stand bounds in ascending order, such as 8,12. Write them so, or leave them out for quartiles.`,
  );
}

/** The mean of an example's references, of what white space parts. */
function countWords({ references = [] }: TaskExample): number | undefined {
  if (references.length === 0) return undefined;
  const counts = references.map((text) => text.split(/\s+/).filter((word) => word !== "").length);
  return counts.reduce((sum, count) => sum + count, 0) / counts.length;
}

/** Whether a reference has the word, or the words one after the other, in whatever case. */
function sliceByText(what: string, rest = "", { scored }: SliceableExamples): Slicing {
  const wanted = wordsOf(rest);
  if (wanted.trim() === "") {
    throw new SimvlmError("unknown-slicing", `${what}: write the word behind a colon, such as word:dog.`);
  }
  const found = scored.map(({ references = [] }) => references.some((text) => wordsOf(text).includes(wanted)));
  if (!found.includes(true)) {
    throw new SimvlmError("no-slices", `There is nothing to slice by ${what}: no reference has it. Name another word.`);
  }
  const [having, lacking] = [`with ${rest.trim()}`, `without ${rest.trim()}`];
  const kinds = found.map((has) => (has ? having : lacking));
  return { name: what, about: "whether a reference has it", slices: groupExamples(kinds, [having]) };
}

/** ` a dog's bone `: words in lower case with a space on either side. */
function wordsOf(text: string): string {
  const words =
    text
      .normalize("NFC")
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*/gu) ?? [];
  return ` ${words.join(" ")} `;
}
