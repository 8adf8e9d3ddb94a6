import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { serveReportPage } from "../../../../harness/serve/report-site.js";
import { chromium, withFile } from "../../../browser.js";
import { runCli, type Scratch } from "../../cli/run-cli.js";
import { ask } from "../../serve/ask.js";
import { withData } from "./edit-data.js";
import { captionRuns } from "./world.js";

/** A name that is none as it stands in an address, and a script's as it stands. */
const MODEL = "javascript:alert(1)#ü.html";
const WORKING = "<!doctype html><title>a model</title><div data-model></div>";

let scratch: Scratch;
const report = (...rest: string[]) =>
  runCli("report", scratch.at("good"), scratch.at("poor"), "--resamples", "20", "--explore", "0", ...rest);

beforeAll(async () => {
  scratch = await captionRuns();
  scratch.write(MODEL, WORKING);
});

async function makeReport(): Promise<string> {
  const page = scratch.at("report.html");
  const made = await report("--out", page, "--try", `poor=${scratch.at(MODEL)}`);
  expect(made.code).toBe(0);
  return page;
}

test("a run is linked to the page of its model; verify says whether it is still that page", async () => {
  const page = await makeReport();
  const text = readFileSync(page, "utf8");
  expect(text.match(/<a href="(?!#)[^"]*"/g)).toEqual([`<a href="${encodeURIComponent(MODEL)}"`]);
  expect(await runCli("verify", page)).toMatchObject({ code: 0, stdout: expect.stringContaining("models' pages") });
  scratch.write(MODEL, `${WORKING}<p>another`);
  expect(await runCli("verify", page)).toMatchObject({
    code: 1,
    stdout: expect.stringContaining(`${MODEL} beside the report is not the page`),
  });
  rmSync(scratch.at(MODEL));
  const { code, stdout, stderr } = await runCli("verify", page);
  expect(code).toBe(0);
  expect(stdout + stderr).toContain(`not beside the report, which links to it: ${MODEL}`);
  scratch.write(MODEL, WORKING);
});

test("a link leads to a file beside the report, whatever somebody makes of it", async () => {
  const text = readFileSync(await makeReport(), "utf8");
  for (const file of ["../x.html", "a/x.html", "https://example.org/x.html", "x.svg", "a\\\\x.html"]) {
    const other = scratch.write("other.html", await withData(text, (json) => json.replace(MODEL, file)));
    expect(await runCli("verify", other), file).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("expected the name of a page"),
    });
  }
});

test.each<[string, () => string[], string]>([
  [
    "no run of that name",
    () => [`none=${scratch.at(MODEL)}`],
    "None of the runs is called none. Name the run by its folder",
  ],
  ["no page", () => [`poor=${scratch.write("data.html", "<p>hello")}`], "does not run a model"],
  [
    "another folder",
    () => {
      mkdirSync(scratch.at("sub"), { recursive: true });
      return [`poor=${scratch.write("sub/model.html", WORKING)}`];
    },
    "does not lie beside",
  ],
  ["nothing there", () => [`poor=${scratch.at("gone.html")}`], "gone.html"],
  ["no run", () => [scratch.at(MODEL)], "It must look like RUN=model.html"],
])("wrong: %s", async (_, tried, message) => {
  const made = await report("--out", scratch.at("wrong.html"), "--try", ...tried());
  expect(made).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(message) });
});

test("served with the report", async () => {
  const server = await serveReportPage(await makeReport());
  onTestFinished(() => server.close());
  const get = (path: string) => ask(server.address, { path: new URL(server.address).pathname + path });
  const found = await get(encodeURIComponent(MODEL));
  expect(found).toMatchObject({ status: 200, text: WORKING });
  expect(found.headers["content-security-policy"]).toContain("'wasm-unsafe-eval'");
  expect((await get("")).headers["content-security-policy"]).toContain("img-src data: blob:;");
  expect((await get("good/manifest.json")).status).toBe(404);
});

test.skipIf(!chromium)(
  "a click opens the page beside the report, in a window that knows nothing of it",
  { timeout: 60_000 },
  async () => {
    await withFile(await makeReport(), { width: 390 }, async (tab) => {
      const opened = tab.context().waitForEvent("page");
      await tab.getByRole("link", { name: "try this model" }).click();
      const page = await opened;
      await page.waitForLoadState();
      expect(await page.title()).toBe("a model");
      expect(await page.evaluate(() => window.opener)).toBeNull();
      expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    });
  },
);
