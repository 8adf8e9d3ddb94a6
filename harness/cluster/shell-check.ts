import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { SimvlmError } from "@simvlm/metrics";
import { isSystemError } from "../files/system-error.js";

const run = promisify(execFile);

/**
 * Sees to it that lines of somebody else's are whole commands, so that nothing of a script becomes a part of them: a quote or
 * a loop that is not closed. Where there is no bash, they are taken as they are.
 * @throws SimvlmError `bad-option`
 */
export async function requireShell(lines: readonly string[]): Promise<void> {
  const fault = await findFault(lines.join("\n"));
  if (fault === undefined) return;
  throw new SimvlmError(
    "bad-option",
    `--setup is nothing that bash can do: ${fault}. Mend the line; nothing was handed in.`,
  );
}

async function findFault(text: string): Promise<string | undefined> {
  // With patterns that a line of its own may allow; a here-document without an end is only warned of, in English.
  const { BASH_ENV: _, ...environment } = process.env;
  try {
    const { stderr } = await run("bash", ["-O", "extglob", "-n", "-c", text], { env: { ...environment, LC_ALL: "C" } });
    return tellFault(stderr);
  } catch (error) {
    if (isSystemError(error) && error.code === "ENOENT") return undefined;
    const { stderr, message } = error as Error & { readonly stderr?: string };
    return tellFault(stderr ?? "") ?? message;
  }
}

/** The first thing that bash says, without the number of the line. */
function tellFault(said: string): string | undefined {
  const [first = ""] = said.trim().split("\n");
  return first === "" ? undefined : first.replace(/^bash: (?:-c: )?(?:line \d+: )?/, "");
}
