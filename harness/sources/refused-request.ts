import { SimvlmError } from "@simvlm/metrics";
import type { Adaptation, Parameters } from "./adaptation.js";

/** A server takes no question as it is asked, but would take another. */
export class RefusedRequest extends SimvlmError {
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof SimvlmError && "mend" in value;
  }

  readonly mend: Adaptation;
  /** What was sent. */
  readonly parameters: Parameters;

  /** @param answer who answers with what, without a full stop */
  constructor(answer: string, mend: Adaptation, parameters: Parameters) {
    super("endpoint-parameter", `${answer}. ${describe(mend, parameters)}`);
    this.mend = mend;
    this.parameters = parameters;
  }
}

function describe(mend: Adaptation, parameters: Parameters): string {
  if ("pictures" in mend) return "It takes one picture at a time: send those of an example as one, side by side.";
  if ("system" in mend) return "It takes no system message: send its text at the beginning of the user's.";
  if ("value" in mend && mend.value !== true) {
    return `It takes ${mend.value} for the parameter ${mend.parameter}, but not ${parameters[mend.parameter]}.`;
  }
  if ("value" in mend) return `It wants the parameter ${mend.parameter} to be ${mend.value}.`;
  return mend.to === undefined
    ? `It does not take the parameter ${mend.parameter}, or not with that value: leave it out, or set another.`
    : `It calls the parameter ${mend.parameter} otherwise: ${mend.to}.`;
}
