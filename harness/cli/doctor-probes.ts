/*
 * Run by `simvlm doctor` as a process of its own: what native libraries and drivers write to stderr stays away from the
 * user, and one that crashes takes nothing with it. The argument names what is probed; the findings go to stdout.
 */
import { probeProviders } from "../engine/providers.js";
import { probeBackends } from "../engine/select-backend.js";

const PROBES = { backends: probeBackends, providers: probeProviders } as const;

export type ProbeName = keyof typeof PROBES;

PROBES[process.argv[2] as ProbeName]().then((findings) => {
  process.stdout.write(JSON.stringify(findings));
});
