import { basename, dirname, isAbsolute, relative, resolve } from "node:path";
import { SimvlmError, VERSION } from "@simvlm/metrics";
import { toMilliseconds } from "../../duration.js";
import { readProvenance } from "../../runs/provenance.js";
import { delay, KernelClient } from "./kernel-client.js";
import { type KernelProcess, startKernelProcess } from "./kernel-process.js";
import type { CodeCell, Notebook, Output } from "./notebook-file.js";
import { injectParameters, type Parameters } from "./notebook-parameters.js";
import { OutputCollector } from "./outputs.js";

/** The parameters of a notebook's run, its limits, and who is told of it. */
export interface RunNotebookOptions {
  readonly parameters?: Parameters;
  /** How long each cell may take. */
  readonly timeoutSeconds?: number;
  /** Called after each code cell: how many are done, of how many, and how long this one took. */
  readonly onCell?: (done: number, cells: number, seconds: number) => void;
  /** Where the result will be written; its metadata says so. */
  readonly outputPath?: string;
}

/** A notebook that was run, up to its end or to the first cell that failed. */
export interface NotebookRun {
  readonly notebook: Notebook;
  /** Which code cell failed, counted from 1, and why; the cells after it were not run. */
  readonly failure?: { readonly cell: number; readonly message: string };
}

const DEFAULTS = { timeoutSeconds: 600 };
/** Starting is seconds of work for the compiler, and more on a machine that is busy. */
const START_TIMEOUT_MS = 180_000;
/** What a cell has to end in after it is interrupted, and a kernel to shut down. */
const GRACE_MS = 3000;

interface CellResult {
  readonly failed: boolean;
  readonly executionCount: number | null;
}

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
  const { parameters = {}, timeoutSeconds = DEFAULTS.timeoutSeconds, onCell } = options;
  const prepared = clearOutputs(injectParameters(notebook, parameters, path));
  const cells = prepared.cells.filter((cell) => cell.cell_type === "code");
  const provenance = readProvenance();
  const start = new Date();
  const kernel = await startKernelProcess(dirname(resolve(path)));
  let client: KernelClient | undefined;
  let failure: NotebookRun["failure"];
  try {
    client = await KernelClient.connect(kernel, START_TIMEOUT_MS);
    const collector = new OutputCollector();
    for (const [index, cell] of cells.entries()) {
      const cellStart = new Date();
      const collect = collector.collect(cell.outputs);
      const { failed, executionCount } = await runCell(client, kernel, cell, collect, timeoutSeconds);
      cell.execution_count = executionCount;
      cell.metadata.papermill = {
        ...describeTime(cellStart),
        exception: failed,
        status: failed ? "failed" : "completed",
      };
      onCell?.(index + 1, cells.length, (Date.now() - cellStart.getTime()) / 1000);
      if (!failed) continue;
      failure = { cell: index + 1, message: describeFailure(cell.outputs) };
      break;
    }
  } finally {
    if (client === undefined) await kernel.kill();
    else await client.shutDown(GRACE_MS);
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
  return { notebook: { ...prepared, metadata }, ...(failure && { failure }) };
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

async function runCell(
  client: KernelClient,
  kernel: KernelProcess,
  cell: CodeCell,
  collect: ReturnType<OutputCollector["collect"]>,
  timeoutSeconds: number,
): Promise<CellResult> {
  if (cell.source.trim() === "") return { failed: false, executionCount: null };
  let timedOut = false;
  const execution = client.execute(cell.source, {}, (message) => {
    // What the interruption itself throws is not what happened: the time was over.
    if (!(timedOut && message.header.msg_type === "error")) collect(message);
  });
  const timer = new AbortController();
  const timeout = delay(toMilliseconds(timeoutSeconds, "A cell's time-out"), timer.signal).then(async () => {
    timedOut = true;
    kernel.interrupt();
    await Promise.race([execution, delay(GRACE_MS)]);
    await kernel.kill();
    return undefined;
  });
  const fail = (ename: string, evalue: string): CellResult => {
    cell.outputs.push({ output_type: "error", ename, evalue, traceback: [`${ename}: ${evalue}`] });
    return { failed: true, executionCount: null };
  };
  try {
    const reply = await Promise.race([execution, timeout, client.died()]);
    if (timedOut || reply === undefined)
      return fail("CellTimeout", `The cell did not finish within ${timeoutSeconds} s.`);
    const count = reply.execution_count;
    return { failed: reply.status !== "ok", executionCount: typeof count === "number" ? count : null };
  } catch (error) {
    if (!(error instanceof SimvlmError)) throw error;
    if (timedOut)
      return fail("CellTimeout", `The cell did not finish within ${timeoutSeconds} s, and the kernel was stopped.`);
    return fail("DeadKernel", error.message);
  } finally {
    timer.abort();
  }
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
