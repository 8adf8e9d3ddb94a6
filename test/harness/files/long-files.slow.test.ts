import { createWriteStream, statSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { expect, test } from "vitest";
import { readCocoCaptions } from "../../../harness/formats/coco.js";
import { readCaptionResults } from "../../../harness/formats/results.js";
import { Scratch } from "../cli/run-cli.js";

/** V8 has no string of as many characters. */
const BEYOND = 2 ** 29;
const RECORDS = 2000;
const WORDS = "a long caption ".repeat(20_000);

async function write(path: string, start: string, toRecord: (n: number) => string, between: string, end: string) {
  function* parts() {
    yield start;
    for (let n = 0; n < RECORDS; n++) yield (n === 0 ? "" : between) + toRecord(n);
    yield end;
  }
  await pipeline(parts(), createWriteStream(path));
  expect(statSync(path).size).toBeGreaterThan(BEYOND);
}

const scratch = new Scratch();
/** The text that makes the file long is in a field that nobody reads. */
const toCaption = (n: number) => JSON.stringify({ image_id: n, caption: `a dog ${n}`, about: WORDS });

test.each([
  ["a list", "[", ",\n", "]"],
  ["a list on one line, as Python writes it", "[", ", ", "]"],
  ["a line each", "", "\n", "\n"],
])("predictions of more than 512 MB: %s", async (_, start, between, end) => {
  const path = scratch.at("captions.json");
  await write(path, start, toCaption, between, end);
  const before = process.memoryUsage().rss;
  const captions = await readCaptionResults(path);
  expect(captions).toHaveLength(RECORDS);
  expect(captions.at(-1)).toEqual({ id: String(RECORDS - 1), caption: `a dog ${RECORDS - 1}` });
  const grown = process.memoryUsage().rss - before;
  process.stdout.write(`${statSync(path).size} bytes read, ${grown} more in memory\n`);
  expect(grown).toBeLessThan(6e8);
});

test("COCO captions of more than 512 MB", async () => {
  const images = Array.from({ length: RECORDS }, (_, id) => ({ id, file_name: `${id}.jpg` }));
  const path = scratch.at("coco.json");
  await write(path, `{"images": ${JSON.stringify(images)}, "annotations": [`, toCaption, ",", "]}");
  const examples = await readCocoCaptions(path);
  expect(examples).toHaveLength(RECORDS);
  expect(examples.at(-1)!.references).toEqual([`a dog ${RECORDS - 1}`]);
});
