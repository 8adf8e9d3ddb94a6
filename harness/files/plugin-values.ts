import { isName, isTitle, SimvlmError } from "@simvlm/metrics";
import { z } from "zod";

/** A text that says something. */
export const Text = z.string().min(1, "expected a text");
/** What a definition or a score is called. */
export const Name = z.string().refine(isName, "expected a name of letters, digits, _, - and .");
/** What people read in place of a name. */
export const Title = z.string().refine(isTitle, "expected a text on one line without bars");
/** Any function. */
export const Callable = z.custom<unknown>((value) => typeof value === "function", "expected a function");

/** The first thing that is wrong with a value, and where; undefined for a value that is right. */
export function findProblem(schema: z.ZodType, value: unknown): { place: string; problem: string } | undefined {
  const issue = schema.safeParse(value).error?.issues[0];
  if (!issue) return undefined;
  const isUnknown = issue.code === "unrecognized_keys";
  const path = isUnknown ? [...issue.path, issue.keys[0]!] : issue.path;
  const problem = isUnknown ? "no field is called that" : issue.message.replace(/^Invalid (input|option): /, "");
  return { place: z.core.toDotPath(path), problem };
}

/**
 * What a plug-in's function returned, as it is.
 * @param what returned it: `The task count-dots: load`
 * @throws SimvlmError `bad-plugin` naming the field that is wrong
 */
export function checkReturned<T>(schema: z.ZodType, value: T, what: string): T {
  const found = findProblem(schema, value);
  if (!found) return value;
  const place = found.place === "" ? "" : `field \`${found.place}\`: `;
  throw new SimvlmError("bad-plugin", `${what} returned something wrong: ${place}${found.problem}.`);
}

/** The definition with some fields of its own; the others stay what they are, those of a class too. */
export function inherit<Definition extends object>(definition: Definition, fields: Partial<Definition>): Definition {
  const own = Object.getOwnPropertyDescriptors(fields);
  return Object.create(definition, own) as Definition;
}
