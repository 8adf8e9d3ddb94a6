import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { serveModelPage } from "../../../harness/serve/model-site.js";
import { Scratch } from "../cli/run-cli.js";
import { ask } from "./ask.js";

const PIECES = ["worker.gz", "runtime.gz", "encoder.gz", "step.gz", "attention.gz", "weights"];

/** A page and its pieces, which the server does not look into. */
async function servePage(name = "a model") {
  const scratch = new Scratch();
  const folder = `${name}.model`;
  const page = scratch.write(`${name}.html`, "<p>hello</p><script>1</script>");
  mkdirSync(scratch.at(folder));
  for (const piece of PIECES) scratch.write(`${folder}/${piece}`, `the ${piece}`);
  scratch.write("secret", "secret");
  const server = await serveModelPage(page);
  onTestFinished(() => server.close());
  return { scratch, folder, address: server.address };
}

test("a page and its pieces are served, and no other file", async () => {
  const { address, folder } = await servePage();
  const get = (path: string, method = "GET") => ask(address, { path: new URL(address).pathname + path, method });
  const page = await get("");
  expect(page).toMatchObject({ status: 200, text: "<p>hello</p><script>1</script>" });
  const policy = String(page.headers["content-security-policy"]);
  expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-\S+' 'wasm-unsafe-eval'; worker-src blob:; /);
  expect(policy).toContain("connect-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
  const at = encodeURIComponent(folder);
  for (const piece of PIECES) {
    const found = await get(`${at}/${piece}`);
    expect(found).toMatchObject({ status: 200, text: `the ${piece}` });
    expect(found.headers).toMatchObject({ "content-type": "application/octet-stream", "cache-control": "no-store" });
    expect(await get(`${at}/${piece}`, "HEAD")).toMatchObject({ status: 200, text: "" });
  }
  for (const path of [
    "secret",
    `${at}/../secret`,
    `${at}/..%2fsecret`,
    `${at}/`,
    "%00",
    `${at}/worker`,
    `${at}/x`,
    "weights",
  ]) {
    expect((await get(path)).status, path).toBe(404);
  }
  const elsewhere = await ask(address, { path: `/x/${at}/weights` });
  expect(elsewhere.status).toBe(403);
});

test("a piece that leads out of its folder, or is gone, is not served", async () => {
  const { scratch, address, folder } = await servePage("m");
  const get = (path: string) => ask(address, { path: new URL(address).pathname + path });
  rmSync(scratch.at(`${folder}/step.gz`));
  symlinkSync(scratch.at("secret"), scratch.at(`${folder}/step.gz`));
  rmSync(scratch.at(`${folder}/encoder.gz`));
  for (const piece of ["step.gz", "encoder.gz"]) {
    const { status, text } = await get(`${folder}/${piece}`);
    expect(status).toBe(422);
    expect(text).not.toContain("secret</");
    expect(text).toContain("Write the page again.");
  }
});

test("a page without its pieces is not served", async () => {
  const scratch = new Scratch();
  const page = scratch.at("alone.html");
  writeFileSync(page, "<p>");
  await expect(serveModelPage(page)).rejects.toMatchObject({ code: "missing-file" });
  await expect(serveModelPage(scratch.at("none.html"))).rejects.toMatchObject({ code: "missing-file" });
});
