import { availableParallelism } from "node:os";
import { expect, test } from "vitest";
import { countProcessors } from "../../harness/processors.js";

const all = availableParallelism();

test.each([
  [{}, all],
  [{ SLURM_CPUS_PER_TASK: "1" }, 1],
  [{ SLURM_CPUS_ON_NODE: "1" }, 1],
  [{ SLURM_CPUS_PER_TASK: "1", SLURM_CPUS_ON_NODE: "9" }, 1],
  [{ SLURM_CPUS_PER_TASK: "100000" }, all],
  [{ SLURM_CPUS_PER_TASK: "none" }, all],
])("%j", (environment, count) => expect(countProcessors(environment)).toBe(count));
