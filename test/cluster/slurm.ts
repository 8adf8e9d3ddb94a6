import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { project } from "../harness/cli/run-cli.js";

/** Whether a cluster can be started here: by root, with Debian's slurmctld, slurmd, slurm-client and munge. */
export const hasSlurm: boolean =
  process.getuid?.() === 0 &&
  ["slurmctld", "slurmd", "sbatch", "munged"].every((name) => spawnSync("which", [name]).status === 0);

/** A Slurm of this test's own, on loopback. */
export interface Cluster {
  readonly environment: NodeJS.ProcessEnv;
  /** What one of Slurm's programs says; undefined where it refuses. */
  ask(program: string, ...args: string[]): string | undefined;
  stop(): Promise<void>;
}

/** Starts a cluster of so many nodes, with two processors each; it ends with this process at the latest. */
export async function startCluster(nodes: number): Promise<Cluster> {
  const folder = mkdtempSync("/tmp/slurm-"); // a socket's path must be short
  const script = join(project, "test/cluster/slurm-up.sh");
  const child = spawn("bash", [script, folder, `${nodes}`], { stdio: ["pipe", "pipe", "inherit"] });
  const exit = once(child, "exit");
  const began = await Promise.race([once(child.stdout, "data").then(String), exit.then(() => "it ended")]);
  if (began.trim() !== "ready") throw new Error(`Slurm did not come up: ${began}`);
  const environment = { ...process.env, SLURM_CONF: join(folder, "slurm.conf") };
  return {
    environment,
    ask(program, ...args) {
      try {
        return execFileSync(program, args, { encoding: "utf8", env: environment, stdio: "pipe" });
      } catch {
        return undefined;
      }
    },
    async stop() {
      child.stdin.end();
      await exit;
    },
  };
}
