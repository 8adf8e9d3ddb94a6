import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { type Measurement, project } from "./measure.js";

/** The model, compiled, beside the same model in PyTorch (engine.py): what `simvlm bench engine --json` measures. */
export async function benchEngine(): Promise<Omit<Measurement, "oursMegabytes">[]> {
  const command = [join(project, "harness/bin/simvlm.js"), "bench", "engine", "--json"];
  const { status, stdout } = spawnSync(process.execPath, command, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`simvlm bench engine ended with ${status}`);
  return JSON.parse(stdout) as Omit<Measurement, "oursMegabytes">[];
}
