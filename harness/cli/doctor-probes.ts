/*
 * Run by `simvlm doctor` as a process of its own: what native libraries and drivers write to stderr stays away from the
 * user, and one that crashes takes nothing with it. The argument names what is probed; the findings go to stdout.
 */
import { SimvlmError } from "@simvlm/metrics";
import type { Probe } from "../engine/select-backend.js";
import { withPackages } from "../optional-packages.js";

const PROBES = {
  backends: async () => (await import("../engine/select-backend.js")).probeBackends(),
  providers: async () => (await import("../engine/providers.js")).probeProviders(),
} as const;

export type ProbeName = keyof typeof PROBES;

async function probe(name: ProbeName): Promise<Probe<string>[]> {
  try {
    return await withPackages<Probe<string>[]>(PROBES[name]());
  } catch (error) {
    if (!(error instanceof SimvlmError)) throw error;
    return [{ name: "cpu", works: false, detail: error.message, remedy: "the command above" }];
  }
}

probe(process.argv[2] as ProbeName).then((findings) => {
  process.stdout.write(JSON.stringify(findings));
});
