import { type Command, InvalidArgumentError } from "@commander-js/extra-typings";
import type { ResultsOptions } from "../formats/results/results-form.js";
import { tell } from "../terminal/streams.js";

/** The options that say how a file of predictions is read, where its content leaves a choice. */
export function resultsOptions(command: Command) {
  return command
    .option("--field <name>", "the field of a JSON object that holds the predictions, such as data.predictions")
    .option("--columns <id,text>", "the fields or columns of the ids and of the predictions", parseColumns);
}

/** What a reader of predictions is told; it tells on standard error as what it recognised a file. */
export function toResultsOptions({ field, columns }: Pick<ResultsOptions, "field" | "columns">): ResultsOptions {
  return { field, columns, onRecognized: (what) => tell(`simvlm: ${what}`) };
}

function parseColumns(text: string): [id: string, text: string] {
  const names = text.split(",").map((name) => name.trim());
  const [id, said, ...more] = names;
  if (id && said && more.length === 0) return [id, said];
  throw new InvalidArgumentError(
    "It must be two names with a comma between them: that of the ids, then that of the texts.",
  );
}
