import { type CliResult, runCli } from "../harness/cli/run-cli.js";

/** A message that advises, the situation that brings it, and the same with the advice followed. */
export interface Advice {
  /** The message as it stands in the source, or the part of it that advises; `…` for what is filled in. */
  readonly says: string;
  /** Brings the message. */
  readonly wrong: () => Promise<unknown>;
  /** Works, once what it says was done. */
  readonly right: () => Promise<unknown>;
}

/** @param wrong and `right` may be plain functions, too */
export function advice(says: string, wrong: () => unknown, right: () => unknown): Advice {
  return { says, wrong: async () => wrong(), right: async () => right() };
}

/** A command that ended with an error. */
class FailedCommand extends Error {}

/** Runs a command; one that fails is an error with what it printed. */
export async function cli(...args: string[]): Promise<CliResult> {
  const result = await runCli(...args);
  if (result.code !== 0) throw new FailedCommand(`${result.stderr}${result.stdout}`);
  return result;
}

/** Fulfilled where `what` goes on from one error to the next: the advice was followed, and something else is missing now. */
export async function further(what: Promise<unknown>, next: RegExp): Promise<void> {
  const said = await tell(async () => what);
  if (!next.test(said)) throw new Error(`expected ${next}, but it says: ${said}`);
}

/** What something says: its error, or what a command printed that went well. */
export async function tell(what: () => Promise<unknown>): Promise<string> {
  try {
    const result = await what();
    return isResult(result) ? `${result.stderr}${result.stdout}` : "";
  } catch (error) {
    return (error as Error).message;
  }
}

const isResult = (result: unknown): result is CliResult =>
  typeof result === "object" && result !== null && "stderr" in result;

/** Whether a text holds a message of the sources, whatever is filled in. */
export function holds(text: string, message: string): boolean {
  const pattern = message
    .split("…")
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("[\\s\\S]*?");
  return new RegExp(pattern).test(text);
}

export async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}
