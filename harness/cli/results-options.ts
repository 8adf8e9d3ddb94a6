import type { Command } from "@commander-js/extra-typings";
import type { ResultsOptions } from "../formats/results/results-form.js";
import { tell } from "../terminal/streams.js";
import { parseTwoNames } from "./options.js";

/** The options that say how a file of predictions is read, where its content leaves a choice. */
export function resultsOptions(command: Command) {
  return command
    .option("--field <name>", "the field of a JSON object that holds the predictions, such as data.predictions")
    .option("--columns <id,text>", "the fields or columns of the ids and of the predictions", parseTwoNames);
}

/** What a reader of predictions is told; it tells on standard error as what it recognised a file. */
export function toResultsOptions({ field, columns }: Pick<ResultsOptions, "field" | "columns">): ResultsOptions {
  return { field, columns, onRecognized: (what) => tell(`simvlm: ${what}`) };
}
