import { existsSync, readdirSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readNocaps } from "../../harness/formats/nocaps.js";
import type { Parameters } from "../../harness/notebook/runner/notebook-parameters.js";
import { drawToybox } from "../../harness/toybox/temporary.js";
import { project, Scratch } from "../harness/cli/run-cli.js";
import { say, serve } from "../harness/sources/server.js";
import { names, runNamed } from "./notebooks.js";

/** The trained models that a notebook opens, and parameters that make it quick. */
const QUICK: Readonly<Record<string, { readonly models: readonly string[]; readonly parameters: Parameters }>> = {
  "01-quickstart.ipynb": { models: ["pretrained", "caption"], parameters: { limit: 2 } },
  "02-attention.ipynb": { models: ["pretrained", "caption"], parameters: { seed: 3 } },
  "03-nocaps-cider.ipynb": { models: [], parameters: { limit: 12 } },
  "04-supervised-vs-zero-shot.ipynb": {
    models: ["pretrained", "caption", "caption-scratch"],
    parameters: { limit: 4 },
  },
  "05-transfer.ipynb": { models: ["snli-ve-text", "translate", "vqa-open"], parameters: { limit: 3 } },
  "06-train.ipynb": { models: [], parameters: { steps: 3, pairs: 24, documents: 24, batch: 4 } },
  "07-your-data.ipynb": { models: ["caption", "vqa-open"], parameters: { limit: 3 } },
  "08-taking-the-paper-apart.ipynb": { models: [], parameters: { steps: 3 } },
};

const TIMEOUT_MS = 10 * 60_000;
const checkpoints = join(project, "fixtures/checkpoints");
const lacking = (name: string) => QUICK[name]!.models.filter((model) => !existsSync(join(checkpoints, model)));

test("every notebook is run here", () => {
  expect(Object.keys(QUICK)).toEqual(names);
});

describe.each(names)("%s", (name) => {
  const missing = lacking(name);
  if (missing.length > 0) console.log(`Skipped: ${name}, for there is no fixtures/checkpoints/${missing.join(", ")}.`);
  test.runIf(missing.length === 0)(
    "runs from top to bottom",
    () => runNamed(name, QUICK[name]!.parameters),
    TIMEOUT_MS,
  );
});

describe("other files, by the path at the top", () => {
  test(
    "NoCaps and CIDEr: COCO's captions, which have no domains",
    async () => {
      const fixture = (file: string) => join(project, "fixtures/datasets", file);
      const shown = await runNamed("03-nocaps-cider.ipynb", {
        annotations: fixture("coco.json"),
        predictions: { other: fixture("coco-results.json") },
      });
      expect(shown).toMatch(/CIDEr-D\|nrefs/);
    },
    TIMEOUT_MS,
  );

  test.runIf(lacking("07-your-data.ipynb").length === 0)(
    "your data: pictures, captions, predictions, an endpoint",
    async () => {
      const scratch = new Scratch();
      const toybox = await drawToybox({ seed: 9, limit: 3, only: ["captions"], splits: ["test"], scale: "small" });
      const captions = join(toybox, "captions");
      const pictures = join(captions, "images/test");
      const examples = await readNocaps(join(captions, "test.json"));
      const theirs = examples.map(({ id, references }) => ({ image_id: Number(id), caption: references[0] }));
      const server = await serve(say("a teapot from the endpoint"));
      try {
        const shown = await runNamed("07-your-data.ipynb", {
          pictures,
          captionData: captions,
          captionPredictions: scratch.write("theirs.json", theirs),
          endpoint: server.url,
          endpointModel: "somebody's",
          limit: 3,
        });
        expect(server.asked).toHaveLength(3);
        expect(shown).toContain(readdirSync(pictures)[0]);
        expect(shown).toContain("a teapot from the endpoint");
        expect(shown).toMatch(/theirs against ours, by CIDEr/);
      } finally {
        server.close();
      }
    },
    TIMEOUT_MS,
  );

  test(
    "training goes on in the folder that is given",
    async () => {
      const keep = join(await mkdtemp(join(tmpdir(), "simvlm-test-")), "training");
      await runNamed("06-train.ipynb", { ...QUICK["06-train.ipynb"]!.parameters, keep });
      expect(existsSync(join(keep, "checkpoint/model.safetensors"))).toBe(true);
    },
    TIMEOUT_MS,
  );
});
