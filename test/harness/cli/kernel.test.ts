import { existsSync, mkdirSync } from "node:fs";
import { expect, test } from "vitest";
import { type CliResult, runBinary, runCli, Scratch } from "./run-cli.js";

/** `simvlm kernel …` of a user whose home is the scratch folder. */
function runKernel(scratch: Scratch, ...args: string[]): CliResult {
  const environment = { PATH: process.env.PATH, HOME: scratch.path, JUPYTER_DATA_DIR: scratch.at("jupyter") };
  return runBinary(["kernel", ...args], environment);
}

test("install says where the kernel is now, again and again; uninstall takes it away, and only it", () => {
  const scratch = new Scratch();
  const file = scratch.at("jupyter/kernels/simvlm/kernel.json");
  for (const args of [["install"], ["install", "--user"]]) {
    expect(runKernel(scratch, ...args)).toEqual({ code: 0, stdout: `installed: ${file}\n`, stderr: "" });
  }
  const { argv } = scratch.readJson<{ argv: string[] }>("jupyter/kernels/simvlm/kernel.json");
  expect(argv[0]).toBe(process.execPath);
  expect(existsSync(argv[1]!)).toBe(true);
  expect(runKernel(scratch, "uninstall", "--json")).toEqual({
    code: 0,
    stdout: `${JSON.stringify({ removed: file })}\n`,
    stderr: "",
  });
  expect(existsSync(scratch.at("jupyter/kernels/simvlm"))).toBe(false);
  expect(existsSync(scratch.at("jupyter/kernels"))).toBe(true);
  expect(runKernel(scratch, "uninstall").code).toBe(2);
});

test("--prefix installs below a folder, as Jupyter has it", async () => {
  const scratch = new Scratch();
  const { code, stdout } = await runCli("kernel", "install", "--prefix", scratch.at("venv"), "--json");
  const file = scratch.at("venv/share/jupyter/kernels/simvlm/kernel.json");
  expect([code, JSON.parse(stdout)]).toEqual([0, { installed: file }]);
  expect(existsSync(file)).toBe(true);
});

test("somebody else's kernel of that name stays, and two places at once make no sense", async () => {
  const scratch = new Scratch();
  mkdirSync(scratch.at("share/jupyter/kernels/simvlm"), { recursive: true });
  scratch.write("share/jupyter/kernels/simvlm/kernel.json", { argv: ["other"] });
  const { code, stderr } = await runCli("kernel", "uninstall", "--prefix", scratch.path);
  expect([code, stderr]).toEqual([2, expect.stringContaining("was not written by simvlm")]);
  expect(existsSync(scratch.at("share/jupyter/kernels/simvlm/kernel.json"))).toBe(true);
  expect((await runCli("kernel", "install", "--user", "--prefix", scratch.path)).code).toBe(2);
  expect((await runCli("kernel", "install", "--prefix", scratch.write("file", ""))).code).toBe(2);
});
