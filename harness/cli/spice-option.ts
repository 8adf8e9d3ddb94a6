import { type Command, InvalidArgumentError } from "@commander-js/extra-typings";
import { LONGEST_SECONDS } from "../duration.js";
import type { ProgramOptions } from "../metric-data/spice/judge-captions.js";
import { LIMITS, parseFolder, parsePart } from "./options.js";

/** What `--spice` sets. */
export type SpiceSettings = Pick<ProgramOptions, "processes" | "heap" | "seconds">;

/** The least and the most that each may be. With less memory no Java reads the parser's models; the most is a terabyte. */
const BOUNDS: Readonly<Record<keyof SpiceSettings, readonly [least: number, most: number]>> = {
  processes: [1, LIMITS.threads],
  heap: [1024, 2 ** 20],
  seconds: [1, LONGEST_SECONDS],
};

/** `--spice`, of every command that may have SPICE's program work. */
export function spiceOption(command: Command) {
  return command.option(
    "--spice <settings>",
    "spice: how its program works, such as processes=2,heap=8192,seconds=3600: how many run at a time, the megabytes " +
      "that Java may take where 2048 are too little, how long one may work on its images",
    parseSettings,
  );
}

/** `--judgements` and `--shard`, of the command that several machines can have SPICE's program work for. */
export function judgementOptions(command: Command) {
  return command
    .option(
      "--judgements <folder>",
      "spice: what its program said is looked for in this folder first, where shares were judged",
      parseFolder,
    )
    .option("--shard <i/n>", "spice: only have part i of n of the captions judged, into --judgements", parsePart);
}

function parseSettings(text: string): SpiceSettings {
  const settings: Partial<Record<keyof SpiceSettings, number>> = {};
  for (const part of text.split(",")) {
    const [, name, digits] = /^\s*(\w+)\s*=\s*(\d+)\s*$/.exec(part) ?? [];
    if (name === undefined || !isSetting(name)) {
      const names = Object.keys(BOUNDS).map((each) => `${each}=…`);
      throw new InvalidArgumentError(`It must be one or more of ${names.join(", ")}, each a whole number.`);
    }
    if (settings[name] !== undefined) throw new InvalidArgumentError(`It says ${name} twice.`);
    const [least, most] = BOUNDS[name];
    const value = Number(digits);
    if (value < least || value > most) throw new InvalidArgumentError(`${name} must be from ${least} to ${most}.`);
    settings[name] = value;
  }
  return settings;
}

const isSetting = (name: string): name is keyof SpiceSettings => Object.hasOwn(BOUNDS, name);
