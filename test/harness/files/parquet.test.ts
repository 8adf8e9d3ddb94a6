import { expect, test } from "vitest";
import { isParquet, openParquet } from "../../../harness/files/parquet.js";
import { temporaryFiles } from "./temporary.js";
import { formatParquet } from "./write-parquet.js";

const write = temporaryFiles();

async function readAll(path: string, columns?: readonly string[]) {
  const table = await openParquet(path);
  const rows: unknown[] = [];
  for await (const row of table.rows(columns ?? table.columns)) rows.push(row);
  return rows;
}

const bytes = Uint8Array.from([0xff, 0xd8, 0, 0x80]);
const columns = {
  id: [1, 2, 3],
  image: [
    { bytes, path: "a.jpg" },
    { bytes: null, path: "b.jpg" },
    { bytes, path: null },
  ],
  caption: [["ein Hund", "a dog"], [], ["é"]],
  note: ["x", null, "z"],
  raw: [bytes, bytes, null],
};

test.each([undefined, 1, 2])("rows of texts, numbers, bytes, lists and pictures, in groups of %s", async (rows) => {
  const path = write("a.bin", formatParquet(columns, rows));
  expect(await isParquet(path)).toBe(true);
  expect(await readAll(path)).toEqual([
    { id: 1, image: { bytes, path: "a.jpg" }, caption: ["ein Hund", "a dog"], note: "x", raw: bytes },
    { id: 2, image: { bytes: null, path: "b.jpg" }, caption: [], note: null, raw: bytes },
    { id: 3, image: { bytes, path: null }, caption: ["é"], note: "z", raw: null },
  ]);
  expect(await readAll(path, ["note"])).toEqual([{ note: "x" }, { note: null }, { note: "z" }]);
});

test("what is cut short or no Parquet is refused by name", async () => {
  const whole = formatParquet(columns);
  for (const broken of [
    whole.subarray(0, whole.length - 20),
    Buffer.from("PAR1"),
    Buffer.from("PAR1 and nothing else PAR1"),
  ]) {
    await expect(readAll(write("cut.parquet", broken))).rejects.toMatchObject({
      code: "bad-parquet",
      message: expect.stringContaining("cut.parquet"),
    });
  }
  expect(await isParquet(write("a.parquet", "{}"))).toBe(false);
  await expect(openParquet("none.parquet")).rejects.toMatchObject({ code: "missing-file" });
});

test("a file whose columns are not those of its schema is refused, with nothing left to fail behind our back", async () => {
  const whole = formatParquet({ note: ["x"], other: ["y"] }).toString("latin1");
  // the last mention of a column's name is that of its chunk, the one before that of the schema
  const at = whole.lastIndexOf("other");
  const renamed = `${whole.slice(0, at)}mixed${whole.slice(at + 5)}`;
  const twice = `${whole.slice(0, at)}note\0${whole.slice(at + 5)}`;
  for (const text of [renamed, twice]) {
    const path = write("mixed.parquet", Buffer.from(text, "latin1"));
    await expect(openParquet(path)).rejects.toMatchObject({ code: "bad-parquet" });
  }
});
