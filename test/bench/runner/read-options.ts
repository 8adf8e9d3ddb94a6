import { parseArgs } from "node:util";

/** What the command line says. */
export interface Options {
  /** In the order in which they are measured. */
  readonly names: readonly string[];
  /** Whether that is all there are, because none was named. */
  readonly isWhole: boolean;
  readonly rounds?: number;
  readonly provider: string;
  readonly json: boolean;
  readonly help: boolean;
}

/**
 * Reads the command line.
 * @param known names of benchmarks and of providers
 * @throws Error with what is wrong
 */
export function readOptions(
  args: readonly string[],
  known: { readonly benchmarks: readonly string[]; readonly providers: readonly string[] },
): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
      rounds: { type: "string" },
      provider: { type: "string", default: "cpu" },
    },
  });
  const unknown = positionals.filter((name) => !known.benchmarks.includes(name));
  if (unknown.length > 0) {
    throw new Error(`There is no benchmark ${unknown.join(", ")}; there are ${known.benchmarks.join(", ")}.`);
  }
  const { provider, json, help } = values;
  if (!known.providers.includes(provider)) {
    throw new Error(`There is no provider ${provider}; there are ${known.providers.join(", ")}.`);
  }
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0)) {
    throw new Error(`--rounds is ${values.rounds}, not a positive whole number.`);
  }
  const isWhole = positionals.length === 0;
  const names = isWhole ? known.benchmarks : [...new Set(positionals)];
  return { names, isWhole, provider, json, help, ...(rounds !== undefined && { rounds }) };
}
