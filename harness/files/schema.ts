import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";

/**
 * Check data from outside against a schema whose description (zod's `.describe`) says what the file should be.
 *
 * @param where the file, and the line where it has lines
 * @throws SimvlmError `wrong-schema` with the JSON path of the first thing that is wrong
 */
export function validate<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  const place = path.length > 0 ? `${where}: ${z.core.toDotPath(path)}` : where;
  const problem = message.replace(/^Invalid (input|option): /, "");
  throw new SimvlmError("wrong-schema", `${place}: ${problem}. This should be ${schema.description}.`);
}

/** How deep lists and objects stand in each other, where nobody says what they hold: more is an attack, or a mistake. */
const DEEPEST = 64;

/** Whether a value can be walked through, compared and written again without end of the stack. */
export function isShallow(value: unknown, left = DEEPEST): boolean {
  if (typeof value !== "object" || value === null) return true;
  return left > 0 && Object.values(value).every((inner) => isShallow(inner, left - 1));
}

/** Any JSON of a reasonable depth: what is kept and shown, but not understood. */
export const Json = z.unknown().refine((value) => isShallow(value), `expected JSON nested at most ${DEEPEST} deep`);

/** The check of a text that may be left out. */
export function isOptionalText(value: unknown): boolean {
  return value === undefined || typeof value === "string";
}

/**
 * An array of so many records that a schema for each would take as long as parsing them. `isRight` looks at each;
 * the first that it refuses is given to `schema`, which says what is wrong. Records are not copied, and keep fields
 * that the schema does not name.
 */
export function arrayOfMany<T>(schema: z.ZodType<T>, isRight: (item: Partial<T> | null) => boolean) {
  const error = ({ input }: { input?: unknown }) => z.array(schema).safeParse(input).error?.issues[0]?.message;
  const list = z.custom<T[]>(Array.isArray, { error }).superRefine((items, context) => {
    const wrong = items.findIndex((item) => !isRight(item));
    if (wrong < 0) return;
    for (const issue of schema.safeParse(items[wrong]).error?.issues ?? []) {
      context.addIssue({ code: "custom", path: [wrong, ...issue.path], message: issue.message });
    }
  });
  return list.meta({ items: schema });
}

/** The schema of a list's records; undefined where they may be anything. */
export function itemSchema(list: z.ZodType): z.ZodType | undefined {
  if (list instanceof z.ZodOptional || list instanceof z.ZodDefault) return itemSchema(list.unwrap() as z.ZodType);
  if (list instanceof z.ZodArray) return list.element as z.ZodType;
  const items = list.meta()?.items;
  return items instanceof z.ZodType ? items : undefined;
}
