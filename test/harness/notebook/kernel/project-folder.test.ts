import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findFolders } from "../../../../harness/notebook/kernel/project-folder.js";
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
