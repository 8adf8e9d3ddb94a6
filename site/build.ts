import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ImageSource } from "../harness/images/image-source.js";
import { openCheckpoint } from "../harness/models/family-registry.js";
import { buildReport } from "../harness/report/document/build.js";
import { renderReport } from "../harness/report/document/report-page.js";
import { renderModelPage } from "../harness/report/model-page/render-model-page.js";
import { checkSite } from "./check-site.js";
import { writeGallery } from "./gallery.js";
import { copyGuides } from "./guides.js";

/*
 * Builds the site into site/out, without any network, of what `npm run docs` made: guides, API reference and their search.
 * The front door is the model itself; the gallery is what the executed notebooks show, with the code that makes it.
 */

const OUT = "site/out";
const ABOUT =
  "The model has seen nothing but Toybox: small drawings of 28 kinds of things, such as dogs, kites and castles, in eight " +
  "colours and in front of five backgrounds. Whatever a picture shows, a photograph or a drawing of yours, it is told in these words.";
/** Toybox's, of a test; how many of these are offered. They are not chosen by what the model says of them. */
const SAMPLES = "fixtures/kept/nocaps/images/test";
const SAMPLE_COUNT = 4;
const LINKS = [
  { text: "Guides and API", address: "docs/index.html" },
  { text: "Gallery", address: "gallery/index.html" },
  { text: "Results: Toybox", address: "docs/documents/toybox.html" },
  { text: "Results: benchmarks", address: "docs/documents/benchmarks.html" },
] as const;

async function build(): Promise<void> {
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  copyGuides("docs/api", join(OUT, "docs"), {
    "Ask the model": join(OUT, "index.html"),
    Gallery: join(OUT, "gallery", "index.html"),
  });
  const model = await openCheckpoint("fixtures/checkpoints/caption");
  const title = "SimVLM in TypeScript: ask the model";
  writeFileSync(
    join(OUT, "index.html"),
    await renderModelPage(model, {}, { title, about: ABOUT, links: LINKS, samples: listSamples() }),
  );
  const items = await writeGallery(join(OUT, "gallery"));
  writeFileSync(join(OUT, "gallery", "report.html"), await makeReport());
  const { pages, problems } = checkSite(OUT);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.stdout.write(`${OUT}: ${pages} pages, ${items} things in the gallery, ${problems.length} problems\n`);
  if (problems.length > 0) process.exitCode = 1;
}

function listSamples(): ImageSource[] {
  const files = readdirSync(SAMPLES).sort().slice(0, SAMPLE_COUNT);
  return files.map((file, index) => ({
    name: `Toybox picture ${index + 1}`,
    bytes: readFileSync(join(SAMPLES, file)),
  }));
}

/** As the command of the gallery makes it. */
async function makeReport(): Promise<string> {
  const runs = ["zero-shot", "fine-tuned"].map((run) => `fixtures/kept/${run}`);
  const shown = { explore: 0, thumbnails: 6, slices: { by: ["caption-length:12"] } };
  return renderReport(await buildReport(runs, { dataFolder: "fixtures/kept/nocaps", ...shown }));
}

build().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
});
