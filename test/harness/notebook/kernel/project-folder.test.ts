import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { findFolders, findNotebookFolder } from "../../../../harness/notebook/kernel/project-folder.js";
import { project, Scratch } from "../../cli/run-cli.js";

const root = join(project);

test("a notebook in the project works from the project's root", () => {
  const folders = { modules: root.replace(/\/$/, ""), files: root.replace(/\/$/, "") };
  for (const notebook of [join(project, "fixtures", "nocaps"), root.replace(/\/$/, "")]) {
    expect(findFolders(notebook)).toEqual({ notebook, ...folders });
  }
});

test("one elsewhere borrows the project's packages, and its files stay where it is", () => {
  const { path } = new Scratch();
  expect(findFolders(path)).toEqual({ notebook: path, modules: root.replace(/\/$/, ""), files: path });
});

test("one in another project that has the package belongs there", () => {
  const scratch = new Scratch();
  mkdirSync(scratch.at("node_modules/simvlm"), { recursive: true });
  scratch.write("node_modules/simvlm/package.json", {});
  mkdirSync(scratch.at("deep/deeper"), { recursive: true });
  expect(findFolders(scratch.at("deep/deeper"))).toEqual({
    notebook: scratch.at("deep/deeper"),
    ...{ modules: scratch.path, files: scratch.path },
  });
});

test("the notebook lies where Jupyter says, if it does, and else where the kernel was started", () => {
  const path = new Scratch().write("a.ipynb", {});
  expect(findNotebookFolder({ JPY_SESSION_NAME: path })).toBe(dirname(path));
  for (const JPY_SESSION_NAME of ["a.ipynb", "", "/nowhere/a.ipynb", dirname(path), undefined]) {
    expect(findNotebookFolder({ JPY_SESSION_NAME })).toBe(process.cwd());
  }
});
