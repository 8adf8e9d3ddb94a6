import { type Command, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { WEIGHT_PRECISIONS } from "../models/weight-precision.js";

/** `--weights`, of every command that asks a model. */
export function weightsOption(command: Command) {
  return command.addOption(
    new Option(
      "--weights <precision>",
      "int8: matrices in eight bits, on the CPU, for less memory and more speed of large models (default: float32)",
    ).choices(WEIGHT_PRECISIONS),
  );
}

/** Why a training takes no weights in eight bits. */
export const NEEDS_ALL_BITS = "Training needs all bits of the weights";

/** `--weights int8` refused in words, of commands that write weights. @param why a sentence without its full stop */
export function refusedWeights(why: string) {
  const refuse = (precision: string): "float32" => {
    if (precision === "float32") return precision;
    throw new InvalidArgumentError(`${why}. Eight bits are for asking a model: caption, attend, run.`);
  };
  return (command: Command) =>
    command.addOption(new Option("--weights <precision>", "refused").argParser(refuse).hideHelp());
}
