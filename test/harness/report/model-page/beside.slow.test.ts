import { randomFillSync } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { loadImage } from "../../../../harness/images/load-image.js";
import { createCaptioner } from "../../../../harness/models/captioner.js";
import { openCheckpoint } from "../../../../harness/models/family-registry.js";
import type { PortableShapes } from "../../../../harness/models/portable/portable-model.js";
import { renderModelPage, renderModelPageBeside } from "../../../../harness/report/model-page/render-model-page.js";
import { serveModelPage } from "../../../../harness/serve/model-site.js";
import { chromium, withSite } from "../../../browser.js";
import { runCli, Scratch } from "../../cli/run-cli.js";
import { choose, ready, said, WAIT } from "./use-page.js";

const beach = readFileSync("fixtures/images/beach.jpg");

/** A page whose pieces lie beside it, served. */
async function serve(name: string) {
  const scratch = new Scratch();
  const page = scratch.at(`${name}.html`);
  const made = await runCli("page", "--checkpoint", "fixtures/captioners/blip", "--out", page, "--beside");
  expect(made).toMatchObject({ code: 0, stdout: `${page}\nOpen it with: simvlm serve ${page}\n` });
  const server = await serveModelPage(page);
  onTestFinished(() => server.close());
  return { scratch, page, address: server.address };
}

test.skipIf(!chromium)("a page with its pieces beside it says what the command line says", WAIT, async () => {
  const { address, page: path } = await serve("a model & more");
  expect(readFileSync(path).length).toBeLessThan(1e6);
  await withSite(address, {}, async (page) => {
    await ready(page);
    await choose(page, "beach.jpg", beach);
    const model = await openCheckpoint("fixtures/captioners/blip");
    const { data } = await loadImage({ name: "beach.jpg", bytes: beach }, model.preparation);
    const [caption] = await createCaptioner(model).caption([data]);
    expect(await said(page)).toBe(caption!.text);
  });
});

test("a page that browsers would not open well is refused, and told what else there is", WAIT, async () => {
  const model = await openCheckpoint("fixtures/checkpoints/caption");
  const weights = randomFillSync(new Uint8Array(80e6));
  const large = {
    ...model,
    makePortable: async (...shapes: [PortableShapes]) => ({ ...(await model.makePortable!(...shapes)), weights }),
  };
  await expect(renderModelPage(large)).rejects.toMatchObject({
    code: "page-too-large",
    message: expect.stringMatching(/^The page would have 11\d MB, more than 100\. .*--beside/),
  });
  const { page, files } = await renderModelPageBeside(large, "x.model");
  expect(page.length).toBeLessThan(1e6);
  expect(files.find(([name]) => name === "weights")![1]).toBe(weights);
});

test.skipIf(!chromium)("another page's pieces, and a page without a server, are named", WAIT, async () => {
  const { address, scratch, page: path } = await serve("m");
  writeFileSync(scratch.at("m.model/weights"), "other numbers");
  const problem = async (url: string): Promise<string> => {
    let text = "";
    // What the browser says of a refused piece is what this is about.
    await withSite(url, {}, async (page) => {
      await page.waitForSelector(".problem");
      text = (await page.textContent(".status")) ?? "";
    }).catch((error: Error) => {
      if (!text) throw error;
    });
    return text;
  };
  expect(await problem(address)).toMatch(/m\.model\/weights is not there, or another page's. Write the page again\.$/);
  rmSync(scratch.at("m.model/weights"));
  expect(await problem(address)).toMatch(/m\.model\/weights is not there, or another page's. Write the page again\.$/);
  expect(await problem(pathToFileURL(path).href)).toMatch(/Open it with: simvlm serve$/);
});
