import { availableParallelism } from "node:os";

/**
 * How many processors this process may use: on Slurm as many as the job has been given, which the system itself does not
 * know on clusters that do not bind jobs to processors.
 */
export function countProcessors(environment: NodeJS.ProcessEnv = process.env): number {
  const given = Number(environment.SLURM_CPUS_PER_TASK ?? environment.SLURM_CPUS_ON_NODE);
  const found = availableParallelism();
  return Number.isInteger(given) && given > 0 ? Math.min(given, found) : found;
}
