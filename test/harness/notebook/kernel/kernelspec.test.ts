import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { expect, test } from "vitest";
import { describeKernel, userDataFolder } from "../../../../harness/notebook/kernel/kernelspec.js";
import { project } from "../../cli/run-cli.js";

interface Kernelspec {
  argv: string[];
  display_name: string;
  language: string;
  interrupt_mode: string;
}

test("the kernelspec of the repository starts the kernel from wherever the repository is", () => {
  const folder = join(project, "jupyter/kernels/simvlm");
  const spec = JSON.parse(readFileSync(join(folder, "kernel.json"), "utf8")) as Kernelspec;
  const [node, program, ...rest] = spec.argv;
  expect([node, ...rest]).toEqual(["node", "--config-path", "{connection_file}"]);
  expect(program).toMatch(/^\{resource_dir\}\/\.\.\/\.\.\/\.\.\//);
  expect(existsSync(program!.replace("{resource_dir}", folder))).toBe(true);
  expect([spec.display_name, spec.language]).toEqual(["SimVLM (TypeScript)", "typescript"]);
});

test("an installed kernelspec says the same with absolute paths", () => {
  const spec = describeKernel("linux") as Kernelspec;
  expect(spec.argv.slice(0, 2).every((path) => isAbsolute(path) && existsSync(path))).toBe(true);
  expect(spec.display_name).toBe("SimVLM (TypeScript)");
  expect([spec.interrupt_mode, (describeKernel("win32") as Kernelspec).interrupt_mode]).toEqual(["signal", "message"]);
});

test.each([
  ["linux", { HOME: "/home/a" }, "/home/a/.local/share/jupyter"],
  ["linux", { HOME: "/home/a", XDG_DATA_HOME: "/data" }, "/data/jupyter"],
  ["darwin", { HOME: "/Users/a" }, "/Users/a/Library/Jupyter"],
  ["win32", { HOME: "C:/a", APPDATA: "C:/a/Roaming" }, "C:/a/Roaming/jupyter"],
  ["win32", { HOME: "/a" }, "/a/.jupyter/data"],
  ["linux", { HOME: "/home/a", JUPYTER_DATA_DIR: "/mine" }, "/mine"],
] as const)("Jupyter's data folder on %s with %o", (platform, environment, folder) => {
  expect(userDataFolder(platform, environment)).toBe(folder);
});
