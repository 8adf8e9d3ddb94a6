import { basename, dirname, isAbsolute, relative, resolve } from "node:path";
import { VERSION } from "@simvlm/metrics";
import { readProvenance } from "../../runs/provenance.js";
import { type KernelEnd, startKernel } from "./kernel-client.js";
import type { CodeCell, Notebook, Output } from "./notebook-file.js";
import { MOST_LATE_OUTPUT_SECONDS, NOTEBOOK_DEFAULTS } from "./notebook-limits.js";
import { injectParameters, type Parameters } from "./notebook-parameters.js";
import { OutputCollector } from "./outputs.js";
import { RawOutput } from "./raw-output.js";
import { type DescribedError, describeError, GRACE_MS, runCell } from "./run-cell.js";

/** The parameters of a notebook's run, its limits, and who is told of it. */
export interface RunNotebookOptions {
  readonly parameters?: Parameters;
  /** How long each cell may take. */
  readonly timeoutSeconds?: number;
  /** How long is waited, after the last cell, for what timers and promises of the cells still put out; a day at most. */
  readonly lateOutputSeconds?: number;
  /** Called after each code cell: how many are done, of how many, and how long this one took. */
  readonly onCell?: (done: number, cells: number, seconds: number) => void;
  /** Where the result will be written; its metadata says so. */
  readonly outputPath?: string;
}

/**
 * A notebook that was run, up to its end or to the first cell that failed. A cell fails, too, by an error in a timer or
 * a promise that nobody handles, after its end as well.
 */
export interface NotebookRun {
  readonly notebook: Notebook;
  /** Which code cell failed, counted from 1, and why; the cells after it were not run. */
  readonly failure?: Failure;
  /** Whether something was still going on when the time for late output was over. */
  readonly cutOff: boolean;
}

interface Failure {
  readonly cell: number;
  readonly message: string;
}

/** Starting is seconds of work for the compiler, and more on a machine that is busy. */
const START_TIMEOUT_MS = 180_000;
/**
 * Runs a notebook from top to bottom in a kernel of its own, up to the first cell that fails.
 *
 * @param path the notebook's; the kernel starts in its folder
 * @returns the notebook with new outputs, execution counts and metadata (papermill's, and the provenance of a run)
 * @throws SimvlmError `no-parameters`, `unknown-parameter`; `kernel-silent`, `kernel-died` when the kernel does not
 *   start
 */
export async function runNotebook(
  notebook: Notebook,
  path: string,
  options: RunNotebookOptions = {},
): Promise<NotebookRun> {
  const { parameters = {}, timeoutSeconds, lateOutputSeconds, onCell } = { ...NOTEBOOK_DEFAULTS, ...options };
  const prepared = clearOutputs(injectParameters(notebook, parameters, path));
  const cells = prepared.cells.filter((cell) => cell.cell_type === "code");
  const provenance = readProvenance();
  const start = new Date();
  const raw = new RawOutput();
  const folder = dirname(resolve(path));
  const { client, kernel } = await startKernel(folder, START_TIMEOUT_MS, (name, text) => raw.add(name, text));
  let failure: Failure | undefined;
  const failed = new Set<CodeCell>();
  const noteFailure = (cell: CodeCell) => {
    failed.add(cell);
    failure ??= { cell: cells.indexOf(cell) + 1, message: describeFailure(cell.outputs) };
  };
  const times = new Map<CodeCell, ReturnType<typeof describeTime>>();
  let end: KernelEnd | undefined;
  let collect: ReturnType<OutputCollector["collect"]> = () => {};
  try {
    const collector = new OutputCollector();
    raw.take(() => {}); // no cell's
    for (const cell of cells) {
      const cellStart = new Date();
      collect = collector.collect(cell.outputs);
      const listen = collect;
      const result = await runCell(client, kernel, cell.source, timeoutSeconds, (message) => {
        listen(message.header.msg_type, message.content);
        if (message.header.msg_type === "error") noteFailure(cell);
      });
      cell.execution_count = result.executionCount;
      raw.take(collect, result.error?.evalue);
      if (result.error !== undefined) cell.outputs.push(result.error);
      if (result.failed) noteFailure(cell);
      times.set(cell, describeTime(cellStart));
      onCell?.(times.size, cells.length, (Date.now() - cellStart.getTime()) / 1000);
      if (failure !== undefined) break;
    }
  } finally {
    end = await client.shutDown(GRACE_MS, Math.min(lateOutputSeconds, MOST_LATE_OUTPUT_SECONDS));
  }
  raw.take(collect, end?.death);
  const last = [...times.keys()].at(-1);
  const lateFailure = end && describeLateFailure(end);
  if (lateFailure !== undefined && failure === undefined && last !== undefined) {
    last.outputs.push(lateFailure);
    noteFailure(last);
  }
  for (const [cell, time] of times) {
    const exception = failed.has(cell);
    cell.metadata.papermill = { ...time, exception, status: exception ? "failed" : "completed" };
  }
  const { code, packages, platform } = await provenance;
  const papermill = {
    ...describeTime(start),
    default_parameters: {},
    environment_variables: {},
    exception: failure === undefined ? null : true,
    input_path: describePath(path),
    output_path: describePath(options.outputPath ?? path),
    parameters,
    version: VERSION,
  };
  const metadata = { ...prepared.metadata, papermill, simvlm: { code, node: platform.node, packages, platform } };
  return { notebook: { ...prepared, metadata }, ...(failure && { failure }), cutOff: end?.cutOff ?? false };
}

/** A copy whose code cells look as if they had never run. */
function clearOutputs(notebook: Notebook): Notebook {
  const cells = notebook.cells.map((cell) => {
    const { papermill: _, ...metadata } = cell.metadata;
    if (cell.cell_type !== "code") return { ...cell, metadata };
    return { ...cell, metadata: { ...metadata, papermill: { status: "pending" } }, outputs: [], execution_count: null };
  });
  return { ...notebook, cells };
}

/** Why a kernel did not come to its end in peace. */
function describeLateFailure({ death, hung }: KernelEnd): DescribedError | undefined {
  if (death !== undefined) return describeError("DeadKernel", `The kernel died after the last cell (${death}).`);
  if (!hung) return undefined;
  const why = "a timer, an event or a promise that a cell began kept it busy, as a loop without end does";
  return describeError("CellTimeout", `After the last cell the kernel did not come to its end: ${why}.`);
}

function describeFailure(outputs: readonly Output[]): string {
  const error = outputs.findLast((output) => output.output_type === "error");
  return error === undefined ? "no error was shown" : `${error.ename}: ${error.evalue}`;
}

/** In papermill's words. */
function describeTime(start: Date): { start_time: string; end_time: string; duration: number } {
  const end = new Date();
  return {
    start_time: start.toISOString(),
    end_time: end.toISOString(),
    duration: (end.getTime() - start.getTime()) / 1000,
  };
}

/** A notebook is passed on: it names no folder of the machine that it ran on. */
function describePath(path: string): string {
  const inside = relative(process.cwd(), resolve(path));
  return inside.startsWith("..") || isAbsolute(inside) ? basename(path) : inside.replaceAll("\\", "/");
}
