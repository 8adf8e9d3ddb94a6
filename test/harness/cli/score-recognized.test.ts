import { expect, test } from "vitest";
import { runCli, Scratch } from "./run-cli.js";

const scratch = new Scratch();
const references = scratch.write("references.json", {
  images: [1, 2].map((id) => ({ id, file_name: `val2014/COCO_val2014_00000000000${id}.jpg` })),
  annotations: [1, 2].map((id) => ({ id, image_id: id, caption: ["a dog runs", "two cats"][id - 1] })),
});
const records = [
  { image_id: 1, caption: "a dog runs" },
  { image_id: 2, caption: "two cats" },
];
const official = scratch.write("official.json", records);
const score = (predictions: string, ...more: string[]) =>
  runCli("score", "--task", "caption", "--references", references, "--predictions", predictions, ...more);

test.each([
  ["wrapped.json", JSON.stringify({ results: records }, null, 2), "a list in results: 2 predictions"],
  [
    "table.csv",
    "file_name;caption\nCOCO_val2014_000000000002.jpg;two cats\nCOCO_val2014_000000000001.jpg;a dog runs\n",
    "CSV with semicolons, fields file_name and caption: 2 predictions",
  ],
  [
    "predictions.jsonl",
    '{"id":"1","prediction":"a dog runs"}\n{"id":"2","prediction":"two cats"}\n',
    "a run's predictions: 2 predictions",
  ],
])("%s scores as the official file does, and says as what it was read", async (name, content, said) => {
  const plain = await score(official);
  expect(plain).toMatchObject({ code: 0, stderr: "" });
  const path = scratch.write(name, content);
  const other = await score(path);
  expect({ ...other, stderr: "" }).toEqual(plain);
  expect(other.stderr).toContain(`simvlm: ${path}: read as ${said}\n`);
});

test("what could be meant twice is refused with the option that decides, which then does", async () => {
  const lists = scratch.write("lists.json", { base: [{ image_id: 1, caption: "x" }], data: { ours: records } });
  expect(await score(lists)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/base, data\.ours could.*--field/),
  });
  expect(await score(lists, "--field", "data.ours")).toMatchObject({ code: 0 });
  const columns = scratch.write("columns.csv", "image_id,caption,prediction\n1,x,a dog runs\n2,x,two cats\n");
  expect(await score(columns)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/caption and prediction could.*--columns/),
  });
  const chosen = await score(columns, "--columns", "image_id,prediction");
  expect(chosen.stdout).toBe((await score(official)).stdout);
  expect(await score(columns, "--columns", "image_id")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("two names"),
  });
});

test("a run takes them, too, and says in its manifest what was chosen", async () => {
  scratch.write("test.json", JSON.stringify(scratch.readJson("references.json")));
  const columns = scratch.write("chosen.csv", "image_id,caption,prediction\n1,x,a dog runs\n2,x,two cats\n");
  const out = scratch.at("run");
  const run = (...more: string[]) =>
    runCli("run", "--task", "caption", "--data", scratch.path, "--predictions", columns, "--out", out, ...more);
  expect(await run("--columns", "image_id,prediction")).toMatchObject({ code: 0 });
  expect(scratch.readJson<{ source: unknown }>("run/manifest.json").source).toMatchObject({
    columns: ["image_id", "prediction"],
  });
  expect(await run("--columns", "image_id,caption")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("columns"),
  });
});
