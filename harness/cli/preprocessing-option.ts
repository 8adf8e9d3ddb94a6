import { type Command, Option } from "@commander-js/extra-typings";
import { PREPROCESSINGS } from "../images/preparation.js";
import { tell } from "../terminal/streams.js";

/** Which picture a published model is shown. */
export function preprocessingOption(command: Command) {
  return command.addOption(
    new Option(
      "--preprocessing <mode>",
      "of published models: pictures as the reference implementation sees them, or upright with profile and " +
        "transparency applied (default: reference)",
    ).choices(PREPROCESSINGS),
  );
}

/** Says, once all is done, how many pictures were not turned though they say they are to be. */
export function noteUnturned(pictures: number): void {
  if (pictures === 0) return;
  const [what, them] =
    pictures === 1 ? ["1 picture says that it is", "it"] : [`${pictures} pictures say that they are`, "them"];
  tell(
    `simvlm: ${what} rotated, which the reference implementation leaves as it is; --preprocessing upright turns ${them}`,
  );
}
