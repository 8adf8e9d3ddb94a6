import { expect, test } from "vitest";
import { formatParquet } from "../files/write-parquet.js";
import { runCli, Scratch } from "./run-cli.js";

const scratch = new Scratch();
let files = 0;
const write = (content: string | Uint8Array) => scratch.write(`file-${files++}`, content);
const german = ["Zwei junge Männer stehen vor vielen Büschen.", "Ein Hund läuft, und eine Katze schläft im Gras."];
const english = ["Two young men stand near many bushes.", "A dog runs, and a cat sleeps in the grass."];
const lines = (records: readonly unknown[]) => records.map((record) => `${JSON.stringify(record)}\n`).join("");
const pairs = german.map((de, i) => ({ en: english[i], de }));
const table = (by: string, names: readonly string[], columns: readonly (readonly string[])[]) =>
  [names, ...german.map((_, row) => columns.map((column) => `"${column[row]}"`))]
    .map((row) => `${row.join(by)}\n`)
    .join("");

const score = (references: string | Uint8Array, predictions: string | Uint8Array) =>
  runCli("score", "--task", "translate", "--references", write(references), "--predictions", write(predictions));
const text = (sentences: readonly string[]) => sentences.map((sentence) => `${sentence}\n`).join("");
const said = ["Zwei junge Männer stehen vor Büschen.", "Ein Hund läuft, und eine Katze schläft."];

test.each<[string, string | Uint8Array]>([
  ["the hub's JSON lines", lines(pairs.map((translation) => ({ translation })))],
  ["JSON lines by language", lines(pairs)],
  [
    "a list",
    JSON.stringify(
      pairs.map(({ en, de }) => ({ source: en, target: de })),
      null,
      2,
    ),
  ],
  ["CSV", table(",", ["en", "de"], [english, german])],
  ["TSV", table("\t", ["source", "target"], [english, german])],
  ["Parquet", formatParquet({ en: english, de: german })],
])("references: %s", async (_, references) => {
  const plain = await score(text(german), text(said));
  const other = await score(references, text(said));
  expect(other).toMatchObject({ code: 0, stdout: plain.stdout });
  expect(other.stderr).toMatch(/read as (?:a list of |a table of |)translations.*: 2 examples/);
});

test.each<[string, string | Uint8Array]>([
  ["JSON lines in order", lines(said.map((prediction) => ({ prediction })))],
  ["JSON lines by number", lines(said.map((translation, i) => ({ id: i + 1, translation })).reverse())],
  ["a list of texts", JSON.stringify(said)],
  ["CSV", table(",", ["hypothesis"], [said])],
  ["TSV with numbers", table("\t", ["id", "translation"], [["1", "2"], said])],
  ["Parquet", formatParquet({ prediction: said })],
])("translations: %s", async (_, predictions) => {
  expect(await score(text(german), predictions)).toMatchObject({
    code: 0,
    stdout: (await score(text(german), text(said))).stdout,
  });
});

test("sentences that look like a table's first line, or like JSON, are sentences", async () => {
  const odd = ["Rot, Grün, Blau", "[Musik] Sie singt; er tanzt.", "{lacht} Ja"];
  for (const some of [odd, [...odd].reverse()]) {
    expect(await score(text(some), text(some))).toMatchObject({ code: 0, stdout: expect.stringContaining("100.00") });
  }
});

test("a folder with one file of pairs", async () => {
  const folder = new Scratch();
  folder.write("test.jsonl", lines(pairs.map((translation) => ({ translation }))));
  const run = await runCli(
    ...["run", "--task", "translate", "--modality", "text", "--data", folder.path],
    ...["--predictions", write(text(said)), "--out", folder.at("run")],
  );
  expect(run).toMatchObject({ code: 0, stderr: expect.stringContaining("read as a list of translations: 2 examples") });
  const verified = await runCli("verify", folder.at("run"));
  expect(verified.code).toBe(0);
  folder.write("val.jsonl", lines(german.map((de) => ({ de }))));
  expect(
    await runCli(
      ...["run", "--task", "translate", "--modality", "text", "--data", folder.path, "--split", "val"],
      ...["--predictions", write(text(said)), "--out", folder.at("other")],
    ),
  ).toMatchObject({ code: 2, stderr: expect.stringMatching(/1 has no English sentence/) });
});
