import { chmodSync, existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type CliResult, runBinary, Scratch } from "./run-cli.js";

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
