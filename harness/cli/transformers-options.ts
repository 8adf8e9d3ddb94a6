import { type Command, Option } from "@commander-js/extra-typings";
import { SimvlmError } from "@simvlm/metrics";
import { DTYPES } from "../sources/transformers/graphs.js";
import type { TransformersModel } from "../sources/transformers/model.js";
import { tell } from "../terminal/streams.js";
import { type OptionsOf, toFlag } from "./options.js";

/** What is said of an ONNX folder. */
export type TransformersCommandOptions = OptionsOf<typeof transformersOptions>;

/** What `--transformers` names. */
export const TRANSFORMERS_HELP =
  "an ONNX folder of transformers.js, or its name in the Hugging Face cache; needs @huggingface/transformers";

/** The options that belong to `--transformers`. */
export function transformersOptions(command: Command) {
  return command
    .addOption(
      new Option("--dtype <name>", "how its graphs are stored (default: the first that is there)").choices(DTYPES),
    )
    .option("--allow-download", "let the library fetch a model that is not on this machine");
}

/** Their names, as an action has them. */
export const TRANSFORMERS_OPTIONS = [
  "dtype",
  "allowDownload",
] as const satisfies readonly (keyof TransformersCommandOptions)[];

/** Options of searches that the library would ignore without a word. */
export const IGNORED_BY_TRANSFORMERS = ["beam", "search", "lengthPenalty", "earlyStopping", "topP"] as const;

/** @throws SimvlmError `bad-option` for an option that the library would ignore */
export function refuseIgnored(
  options: Readonly<Partial<Record<(typeof IGNORED_BY_TRANSFORMERS)[number], unknown>>>,
): void {
  const ignored = IGNORED_BY_TRANSFORMERS.find((name) => options[name] !== undefined);
  if (ignored === undefined) return;
  throw new SimvlmError(
    "bad-option",
    `${toFlag(ignored)} is nothing that --transformers can do: the library would ignore it. It can be left out.`,
  );
}

/** Says what a model's own files ask for and do not get. */
export function noteNotFollowed({ source, description: { notFollowed } }: TransformersModel): void {
  const asked = Object.entries(Object(notFollowed) as Readonly<Record<string, unknown>>);
  if (asked.length === 0) return;
  const list = asked.map(([name, value]) => `${name} ${JSON.stringify(value)}`).join(", ");
  tell(`simvlm: note: the files of ${source} ask for ${list}, which is not followed`);
}
