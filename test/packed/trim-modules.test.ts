import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { project } from "./npm.js";

const THIS = `${process.platform}/${process.arch}`;

/** A built checkout with such files, whose modules are trimmed twice. @returns the files that are left, in order */
function trim(files: readonly string[]): string[] {
  const checkout = mkdtempSync(join(tmpdir(), "checkout-"));
  const write = (path: string) => {
    mkdirSync(dirname(join(checkout, path)), { recursive: true });
    writeFileSync(join(checkout, path), "{}");
  };
  for (const file of files) write(file);
  const OURS = ["harness/dist/trim-packages.js", "harness/dist/optional-packages.js", "harness/package.json"];
  for (const file of [...OURS, ".ci/trim-modules.mjs"]) {
    mkdirSync(dirname(join(checkout, file)), { recursive: true });
    copyFileSync(join(project, file), join(checkout, file));
  }
  symlinkSync("../harness", join(checkout, "node_modules/simvlm"));
  mkdirSync(join(checkout, "node_modules/@simvlm"));
  symlinkSync(join(project, "metrics"), join(checkout, "node_modules/@simvlm/metrics"));
  const script = join(checkout, ".ci/trim-modules.mjs");
  for (let i = 0; i < 2; i++) expect(execFileSync("node", [script], { encoding: "utf8" })).toBe("");
  return readdirSync(checkout, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(checkout.length + 1))
    .filter((path) => path.startsWith("node_modules/") || path.endsWith(".map"))
    .toSorted();
}

test("binaries of other systems and source maps go, and nothing else", () => {
  const kept = [
    "harness/dist/main.js.map",
    `node_modules/onnxruntime-node/bin/napi-v6/${THIS}/onnxruntime.node`,
    "node_modules/onnxruntime-node/dist/index.js",
    "node_modules/onnxruntime-node/package.json",
    "node_modules/other/bin/napi-v6/plan9/mips/other.node",
    "node_modules/other/world.map",
    "node_modules/zeromq/build/manifest.json",
    "node_modules/zeromq/package.json",
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
  const folder = "node_modules/onnxruntime-node";
  const kept = [`${folder}/bin/napi-v6/plan9/mips/onnxruntime.node`, `${folder}/package.json`];
  expect(trim(kept)).toEqual(kept);
});

test("nobody's installation is trimmed: the packages run no script of ours when they are installed", async () => {
  for (const name of ["metrics", "harness"]) {
    const { scripts } = (await import(join(project, name, "package.json"), { with: { type: "json" } })).default;
    expect(Object.keys(scripts)).toEqual(["prepack"]);
  }
});
