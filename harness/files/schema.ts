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
