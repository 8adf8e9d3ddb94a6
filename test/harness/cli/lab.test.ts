import { spawn } from "node:child_process";
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { KERNEL_TIMEOUT_MS, PATIENCE } from "../notebook/open-kernel.js";
import { BINARY, type CliResult, project, runBinary, Scratch } from "./run-cli.js";

/** A `jupyter` that has some of the interfaces, and says how it was started. */
function fakeJupyter(scratch: Scratch, interfaces: string): void {
  const script = `#!/bin/sh
case " ${interfaces} " in *" $1 "*) ;; *) echo "no $1" >&2; exit 1;; esac
[ "$2" = "--version" ] && exit 0
echo "$JUPYTER_PATH|$*"
cp "\${JUPYTER_PATH%%:*}/kernels/simvlm/kernel.json" "${scratch.at("seen.json")}"
exit 5
`;
  chmodSync(scratch.write("jupyter", script), 0o755);
}

function runLab(scratch: Scratch, ...args: string[]): CliResult {
  return runBinary(["lab", ...args], { PATH: `${scratch.path}:/bin`, JUPYTER_PATH: "/of/the/user" });
}

test.each([
  ["notebook lab", "lab"],
  ["notebook", "notebook"],
])("of %s it starts %s, with the kernel, and ends as Jupyter does", (interfaces, started) => {
  const scratch = new Scratch();
  fakeJupyter(scratch, interfaces);
  const { code, stdout } = runLab(scratch, "notebooks", "--no-browser");
  const [, folder, command] = /^(.+):\/of\/the\/user\|(.*)\n$/.exec(stdout)!;
  expect([code, command]).toEqual([5, `${started} notebooks --no-browser`]);
  expect(JSON.parse(readFileSync(scratch.at("seen.json"), "utf8"))).toMatchObject({
    display_name: "SimVLM (TypeScript)",
  });
  expect(existsSync(folder!)).toBe(false);
});

test("without a Jupyter it says how to get one, and how to do without", () => {
  const scratch = new Scratch();
  fakeJupyter(scratch, "nbconvert");
  const { code, stderr } = runLab(scratch);
  expect(code).toBe(2);
  expect(stderr).toMatch(/pip install jupyterlab.*simvlm notebook run/);
});

test.each([
  ["SIGTERM", 143],
  ["SIGINT", 130],
  ["SIGHUP", 129],
] as const)(
  "stopped by %s it takes Jupyter along, whatever stands before it, and its own folder",
  async (signal, exitCode) => {
    const scratch = new Scratch();
    const script = `#!/bin/sh
[ "$2" = "--version" ] && exit 0
sleep 600 &
echo "$! $JUPYTER_PATH" > "${scratch.at("told.tmp")}"
mv "${scratch.at("told.tmp")}" "${scratch.at("told")}"
wait
`;
    chmodSync(scratch.write("jupyter", script), 0o755);
    const child = spawn(process.execPath, [BINARY, "lab"], {
      cwd: project,
      env: { PATH: `${scratch.path}:/bin` },
      stdio: ["ignore", "ignore", "inherit"],
    });
    const tell = () => readFileSync(scratch.at("told"), "utf8");
    await vi.waitFor(() => expect(tell()).toMatch(/\n$/), PATIENCE);
    const [pid, folder] = tell().trim().split(" ");
    expect(existsSync(folder!)).toBe(true);
    child.kill(signal);
    expect(await new Promise((resolve) => child.once("close", resolve))).toBe(exitCode);
    await vi.waitFor(() => expect(() => process.kill(Number(pid), 0)).toThrow("ESRCH"), PATIENCE);
    expect(existsSync(folder!)).toBe(false);
  },
  KERNEL_TIMEOUT_MS,
);
