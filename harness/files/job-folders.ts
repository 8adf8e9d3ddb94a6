/** What jobs on a cluster keep in the folder of the run or the training that they work on; its own files lie beside it. */
export const JOB_FOLDERS = {
  /** Scripts, logs, and which jobs were handed in. */
  jobs: "jobs",
  /** A run for each shard, by its number. */
  shards: "shards",
} as const;

/** Whether a name in the folder of a run or a training is one of {@link JOB_FOLDERS}. */
export function isJobFolder(name: string): boolean {
  return name === JOB_FOLDERS.jobs || name === JOB_FOLDERS.shards;
}
