import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { project } from "./npm.js";

const THIS = `${process.platform}/${process.arch}`;

/** A checkout with such files, whose modules are trimmed twice. @returns the files that are left, in order */
function trim(files: readonly string[]): string[] {
  const checkout = mkdtempSync(join(tmpdir(), "checkout-"));
  const write = (path: string) => {
    mkdirSync(dirname(join(checkout, path)), { recursive: true });
    writeFileSync(join(checkout, path), "");
  };
  for (const file of files) write(file);
  mkdirSync(join(checkout, ".ci"));
  const script = join(checkout, ".ci/trim-modules.mjs");
  copyFileSync(join(project, ".ci/trim-modules.mjs"), script);
  if (files.length > 0) symlinkSync("../harness", join(checkout, "node_modules/simvlm"));
  for (let i = 0; i < 2; i++) expect(execFileSync("node", [script], { encoding: "utf8" })).toBe("");
  return readdirSync(checkout, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(checkout.length + 1))
    .filter((path) => !path.startsWith(".ci"))
    .toSorted();
}

test("binaries of other systems and source maps go, and nothing else", () => {
  const kept = [
    "harness/dist/main.js.map",
    `node_modules/onnxruntime-node/bin/napi-v6/${THIS}/onnxruntime.node`,
    "node_modules/onnxruntime-node/dist/index.js",
    "node_modules/other/bin/napi-v6/plan9/mips/other.node",
    "node_modules/other/world.map",
    "node_modules/zeromq/build/manifest.json",
    `node_modules/zeromq/build/${THIS}/node/addon.node`,
  ];
  const gone = [
    "node_modules/onnxruntime-node/bin/napi-v6/plan9/mips/onnxruntime.node",
    `node_modules/onnxruntime-node/bin/napi-v6/${process.platform}/mips/onnxruntime.node`,
    "node_modules/onnxruntime-node/dist/index.js.map",
    "node_modules/@a b/other/50%/index.mjs.map",
    "node_modules/zeromq/build/plan9/mips/node/addon.node",
  ];
  expect(trim([...kept, ...gone])).toEqual(kept.toSorted());
});

test("where a package has no binaries for this system, all of them stay", () => {
  const kept = ["node_modules/onnxruntime-node/bin/napi-v6/plan9/mips/onnxruntime.node"];
  expect(trim(kept)).toEqual(kept);
});

test("a checkout without modules has nothing to trim", () => {
  expect(trim([])).toEqual([]);
});

test("nobody's installation is trimmed: the packages run no script of ours when they are installed", async () => {
  for (const name of ["metrics", "harness"]) {
    const { scripts } = (await import(join(project, name, "package.json"), { with: { type: "json" } })).default;
    expect(Object.keys(scripts)).toEqual(["prepack"]);
  }
});
