import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { project } from "./cli/run-cli.js";

interface Manifest {
  exports: Record<string, string | { types: string; default: string }>;
  optionalDependencies: Record<string, string>;
}

const { exports } = JSON.parse(readFileSync(`${project}harness/package.json`, "utf8")) as Manifest;
const parts = Object.keys(exports).filter((path) => path !== "./package.json");

test("everything the parts export can be had from the whole", async () => {
  const whole = await import("simvlm/all");
  expect(parts.length).toBeGreaterThan(5);
  for (const part of parts) {
    const names = Object.keys((await import(part.replace(".", "simvlm"))) as object);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(whole, part).toHaveProperty(name);
  }
});

test("types lie beside what they describe", () => {
  for (const part of parts) {
    const { types, default: path } = exports[part] as { types: string; default: string };
    expect(types).toBe(path.replace(/\.js$/, ".d.ts"));
    expect(readFileSync(`${project}harness/${types}`, "utf8")).toContain("export");
  }
});

test("what a program starts with waits for none of the optional packages", () => {
  const { optionalDependencies } = JSON.parse(readFileSync(`${project}harness/package.json`, "utf8")) as Manifest;
  const loaded = listLoaded(`${project}harness/dist/index.js`);
  const own = loaded.filter((path) => path.includes("/harness/dist/"));
  expect(own.length).toBeGreaterThan(10);
  expect(own.length).toBeLessThan(350); // each takes half a millisecond
  expect(own.filter((path) => path.includes("/toybox/"))).toEqual([]);
  expect(loaded.filter((path) => path.includes("/metrics/dist/"))).toHaveLength(1); // see the script `build`
  const packages = new Set(loaded.flatMap((path) => path.match(/(?<=\/node_modules\/)(?:@[^/]+\/)?[^/]+/g) ?? []));
  expect([...packages].filter((name) => Object.hasOwn(optionalDependencies, name))).toEqual([]);
});

/** The modules that importing one loads, ES modules and CommonJS alike. */
function listLoaded(path: string): string[] {
  const script = `
    const { register } = await import("node:module");
    const { MessageChannel, receiveMessageOnPort } = await import("node:worker_threads");
    const { port1, port2 } = new MessageChannel();
    const hooks = "let port; export const initialize = (data) => { port = data; };" +
      "export const load = (url, context, next) => { port.postMessage(url); return next(url, context); };";
    register("data:text/javascript," + encodeURIComponent(hooks), { data: port2, transferList: [port2] });
    await import(${JSON.stringify(pathToFileURL(path))});
    const urls = [];
    for (let got; (got = receiveMessageOnPort(port1)); ) urls.push(got.message);
    const { createRequire } = await import("node:module");
    console.log(JSON.stringify([...urls, ...Object.keys(createRequire("file:///x/").cache)]));
    process.exit();`;
  const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", script], { encoding: "utf8" });
  return (JSON.parse(printed) as string[]).filter((url) => !url.startsWith("node:"));
}
