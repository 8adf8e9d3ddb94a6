import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { project, Scratch } from "../../cli/run-cli.js";
import { KERNEL_TIMEOUT_MS } from "../open-kernel.js";

/** Debian's, whatever other Pythons there are. */
const JUPYTER = "/usr/bin/jupyter";
const installed = spawnSync(JUPYTER, ["nbconvert", "--version"]).status === 0;
if (!installed) console.log("jupyter-nbconvert is not installed: notebooks are not run with it.");

const code = (source: string, id: string) => ({
  cell_type: "code",
  id,
  metadata: {},
  source,
  outputs: [],
  execution_count: null,
});
const notebook = (...sources: string[]) => ({
  cells: sources.map((source, index) => code(source, `cell-${index}`)),
  metadata: { kernelspec: { name: "simvlm", display_name: "SimVLM (TypeScript)", language: "typescript" } },
  nbformat: 4,
  nbformat_minor: 5,
});

function convert(scratch: Scratch, ...args: string[]) {
  return spawnSync(JUPYTER, ["nbconvert", ...args], {
    cwd: scratch.path,
    encoding: "utf8",
    env: {
      ...process.env,
      PATH: `${process.execPath.replace(/\/node$/, "")}:${process.env.PATH}`,
      JUPYTER_PATH: join(project, "jupyter"),
    },
  });
}

interface Executed {
  cells: { execution_count: number | null; outputs: { text?: string[]; ename?: string; evalue?: string }[] }[];
}

describe.runIf(installed)("Debian's jupyter nbconvert, with JUPYTER_PATH alone", () => {
  test(
    "runs a notebook with outputs and execution counts",
    () => {
      const scratch = new Scratch();
      scratch.write(
        "story.ipynb",
        notebook("const n = await (Promise.resolve(20));", "console.log(n + 1, typeof simvlm.createCaptioner)"),
      );
      const { status, stderr } = convert(
        scratch,
        "--to",
        "notebook",
        "--execute",
        "--ExecutePreprocessor.startup_timeout=280",
        "--ExecutePreprocessor.iopub_timeout=280",
        "--inplace",
        "story.ipynb",
      );
      expect([status, stderr]).toEqual([0, expect.stringContaining("Writing")]);
      const { cells } = scratch.readJson<Executed>("story.ipynb");
      expect(cells.map(({ execution_count }) => execution_count)).toEqual([1, 2]);
      expect(cells[1]!.outputs).toMatchObject([{ text: ["21 function\n"] }]);
    },
    KERNEL_TIMEOUT_MS,
  );

  test(
    "stops at an error with its reason, and goes on after it with --allow-errors",
    () => {
      const scratch = new Scratch();
      scratch.write("bad.ipynb", notebook('throw new RangeError("the reason")', "console.log(2)"));
      const stopped = convert(
        scratch,
        "--to",
        "notebook",
        "--execute",
        "--ExecutePreprocessor.startup_timeout=280",
        "--ExecutePreprocessor.iopub_timeout=280",
        "--output",
        "out",
        "bad.ipynb",
      );
      expect(stopped.status).not.toBe(0);
      expect(stopped.stderr).toContain("RangeError: the reason");
      const allowed = convert(
        scratch,
        "--to",
        "notebook",
        "--execute",
        "--ExecutePreprocessor.startup_timeout=280",
        "--ExecutePreprocessor.iopub_timeout=280",
        "--allow-errors",
        "--output",
        "out",
        "bad.ipynb",
      );
      expect(allowed.status).toBe(0);
      const [bad, after] = scratch.readJson<Executed>("out.ipynb").cells;
      expect(bad!.outputs).toMatchObject([{ ename: "RangeError", evalue: "the reason" }]);
      expect(after!.outputs).toMatchObject([{ text: ["2\n"] }]);
    },
    KERNEL_TIMEOUT_MS,
  );

  test("our template makes pages that open offline, with the libraries that displays ask for", () => {
    const scratch = new Scratch();
    const page = (name: string) => readFileSync(scratch.at(`${name}.html`), "utf8");
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><circle r="9"/></svg>';
    const withOutput = (data: object) => {
      const { cells, ...rest } = notebook("1");
      return { ...rest, cells: [{ ...cells[0], outputs: [{ output_type: "display_data", metadata: {}, data }] }] };
    };
    scratch.write("plain.ipynb", withOutput({ "image/svg+xml": svg }));
    scratch.write("view.ipynb", withOutput({ "text/html": '<div data-simvlm-libraries="plotly">x</div>' }));
    scratch.write("picture.ipynb", withOutput({ "image/png": "iVBORw0KGgo=", "text/plain": ["a <dog>"] }));
    for (const name of ["plain", "view", "picture"]) {
      const { status, stderr } = convert(scratch, "--to", "html", "--template", "simvlm", `${name}.ipynb`);
      expect([status, stderr]).toEqual([0, expect.stringContaining("Writing")]);
      expect(page(name)).not.toContain("<script src");
    }
    expect(page("plain")).toContain(`src="data:image/svg+xml,${encodeURIComponent(svg).replaceAll("%2F", "/")}"`);
    expect(page("plain")).toMatch(/<html lang="en">.*<main>.*<\/main>\s*<\/body>/s);
    expect(page("picture")).toContain('<img alt="a &lt;dog&gt;"');
    expect(page("plain")).not.toMatch(/Plotly|MathJax|file:\/\//);
    expect(page("view")).toContain("Plotly");
    expect(page("view")).not.toContain("Tabulator");
  });
});
