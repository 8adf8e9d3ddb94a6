import { expect, test } from "vitest";
import { compareRuns } from "../../../harness/compare/compare-runs.js";
import { formatComparison } from "../../../harness/terminal/format-comparison.js";
import { Scratch } from "../cli/run-cli.js";
import { CAPTIONS, makeRun, writeCaptionData } from "../compare/runs.js";

const say = (_: string, place: number) => CAPTIONS[place];

test("everything that was measured is printed", async () => {
  const scratch = new Scratch();
  writeCaptionData(scratch, { facts: true });
  const folders = [
    await makeRun(scratch, "fine-tuned", say),
    await makeRun(scratch, "zero-shot", (_, place) => CAPTIONS[(place + 2) % CAPTIONS.length]),
  ];
  const comparison = await compareRuns(folders, { resamples: 100, wins: 1 });
  const text = formatComparison(comparison);
  expect(text).toContain("zero-shot minus fine-tuned");
  const cider = comparison.scores.find(
    ({ run, score, subset }) => run === "zero-shot" && score === "CIDEr" && subset === "out-domain",
  )!;
  expect(text).toContain(cider.value.toFixed(4));
  expect(text).toContain(`[${cider.low.toFixed(3)}, ${cider.high.toFixed(3)}]`);
  for (const part of ["in-domain", "sizes", "background", "exact", "95 % bootstrap intervals; 100 resamples"]) {
    expect(text).toContain(part);
  }
  const [loss] = comparison.winsAndLosses[0]!.losses;
  for (const part of [loss!.id, loss!.images[0]!, loss!.prediction, loss!.reference!]) expect(text).toContain(part);
  expect(text).toContain("The paper's figures are its own");
  expect(text).toContain("110.3*");
  expect(text).toContain("101.2 [u]");
  expect(text).toMatch(/run: zero-shot/);
  expect(text).not.toMatch(/\bours\b/);
  expect(text).toMatch(/│ run +│ +CIDEr │ +Bleu_1 │/);
  expect(text).toMatch(/in-domain +│ CIDEr +│.*\n│ +│ Bleu_1 /);
});

test("whatever predictions and labels say, the terminal stays as it is", async () => {
  const scratch = new Scratch();
  const evil = "<b>a dog</b>\u001b[31m\u001b]0;title\u0007\r\n\u202eover\u2028there";
  writeCaptionData(scratch, { captions: CAPTIONS.map((caption) => `${caption}\u001b[2J`) });
  const folders = [
    await makeRun(scratch, "a", say, { label: `first\u001b[1m\n${"name"}` }),
    await makeRun(scratch, "b", () => evil, { label: "second" }),
  ];
  const comparison = await compareRuns(folders, { resamples: 20 });
  const text = formatComparison(comparison);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2028\u2029]/);
  expect(text).toContain("<b>a dog</b>\ufffd[31m\ufffd]0;title\ufffd \ufffdover there");
  expect(text).toContain("second minus first\ufffd[1m name");
  expect(comparison.winsAndLosses[0]!.losses[0]!.prediction).toBe(evil);
});

test("completions without scores print their changes", async () => {
  const scratch = new Scratch();
  writeCaptionData(scratch);
  const options = { task: "complete" as const, settings: { prompt: "there is" } };
  const folders = [
    await makeRun(scratch, "own", (id) => id, options),
    await makeRun(scratch, "swapped", (id) => `${id}!`, options),
  ];
  const text = formatComparison(await compareRuns(folders, { resamples: 20 }));
  expect(text).toMatch(/swapped +│ own +│ +14 │ +14 │ +1\.0000/);
  expect(text).toContain("There is no text to score against.");
});
