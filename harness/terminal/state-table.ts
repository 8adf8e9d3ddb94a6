import { STATES, type SubmissionState, type TaskState } from "../cluster/submission-state.js";
import { drawTable } from "./draw-table.js";
import { formatCount } from "./numbers.js";
import { line } from "./printable.js";

/** How far work on a cluster is, for a person to read in a terminal. */
export function formatState(out: string, state: SubmissionState, width?: number): string {
  const { tasks, following, asked, next, notes } = state;
  const rows = tasks.map((task) => [
    `${task.number}`,
    task.state,
    task.total === undefined
      ? ""
      : `${formatCount(task.done)} of ${task.isEstimate ? "about " : ""}${formatCount(task.total)}`,
    task.failed === 0 ? "" : formatCount(task.failed),
    explain(task),
  ]);
  const table = drawTable(
    {
      head: ["task", "state", "done", "failed", ""],
      alignments: ["right", "left", "right", "right", "left"],
      rules: "none",
      rows,
    },
    width,
  );
  const jobs = following.map(
    ({ id, state: now, reason }) => `Then job ${id}: ${now.toLowerCase()}${because(reason, " (", ")")}.`,
  );
  return [
    table,
    "",
    summarize(out, state),
    ...jobs,
    ...notes.map((note) => `Note: ${line(note)}`),
    ...(next.length === 0
      ? []
      : ["Still to be done, if no job does it:", ...next.map((command) => `  ${line(command)}`)]),
    ...(asked || tasks.every(({ isDone }) => isDone) ? [] : [UNASKED]),
  ].join("\n");
}

const UNASKED =
  "There is no squeue here, or nothing was submitted: what runs is told by the locks of the folders alone.";

function summarize(out: string, { tasks, isWhole, rate, secondsLeft }: SubmissionState): string {
  const counts = STATES.flatMap((state) => {
    const count = tasks.filter((task) => task.state === state).length;
    return count === 0 ? [] : [`${count} ${state}`];
  });
  const speed = rate === undefined ? [] : [formatRate(rate)];
  const time = secondsLeft === undefined ? [] : [`about ${formatSeconds(secondsLeft)} left`];
  return `${line(out)}: ${[...counts, ...speed, ...time].join(", ")}${isWhole ? "; all is there" : ""}.`;
}

function explain({ job, exitCode, state }: TaskState): string {
  if (job) return `job ${job.id}_${job.task}${because(job.reason, ": ")}`;
  return state === "failed" ? `exit code ${exitCode}: its log says why` : "";
}

/** What Slurm says beside a state, where it says anything. */
const because = (reason: string, before: string, after = "") =>
  reason === "None" ? "" : `${before}${line(reason)}${after}`;

/** What is slow, as a study's cells, is told by the hour. */
function formatRate(rate: number): string {
  const [number, unit] = rate < 0.05 ? [3600 * rate, "h"] : [rate, "s"];
  return `${number.toFixed(number < 10 ? 1 : 0)}/${unit}`;
}

function formatSeconds(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return `${Math.round(seconds)} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
