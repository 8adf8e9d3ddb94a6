import type { SimvlmError } from "@simvlm/metrics";
import type { Adaptation, Parameters } from "../sources/adaptation.js";
import { RefusedRequest } from "../sources/refused-request.js";

/** The options that mend what a server refuses, in brackets; empty for any other error. */
export function hintAtMend(error: SimvlmError): string {
  if (!(error instanceof RefusedRequest)) return "";
  return ` (${toOptions(error.mend, error.parameters)}; --adapt does so by itself)`;
}

function toOptions(mend: Adaptation, parameters: Parameters): string {
  if ("pictures" in mend) return "--join-pictures";
  if ("system" in mend) return "--join-system";
  const { parameter } = mend;
  if ("value" in mend) return `--request ${parameter}=${mend.value}`;
  const leaveOut = `--request ${parameter}=`;
  return mend.to === undefined ? leaveOut : `${leaveOut} --request ${mend.to}=${JSON.stringify(parameters[parameter])}`;
}
