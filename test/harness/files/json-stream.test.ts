import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { splitJson } from "../../../harness/files/json-pieces.js";
import { readFirstLine, readLongJson, readLongJsonLines } from "../../../harness/files/json-stream.js";
import { parseJson } from "../../../harness/files/parse-json.js";
import { arrayOfMany } from "../../../harness/files/schema.js";
import { temporaryFiles } from "./temporary.js";

const write = temporaryFiles();
const Entry = z.object({ id: z.int(), text: z.string() }).describe("a list of {id, text}");
const isEntry = (entry: Partial<z.output<typeof Entry>> | null) =>
  Number.isInteger(entry?.id) && typeof entry?.text === "string";
const File = z
  .object({ title: z.string().optional(), entries: arrayOfMany(Entry, isEntry), more: z.array(Entry).default([]) })
  .describe("{title, entries: [{id, text}]}");

/** What the splitter makes of a text that comes in chunks of `size` bytes. */
async function split(text: string | Buffer, size: number): Promise<unknown> {
  const bytes = Buffer.from(text);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const lists = new Map<string | undefined, unknown[]>();
  const fields: [string, unknown][] = [];
  for await (const { key, index, value } of splitJson(
    chunks(),
    (problem, place) => new Error(`${place}: ${problem}`),
  )) {
    if (index === undefined) fields.push([key!, value]);
    else if (value === undefined) lists.set(key, []);
    else lists.get(key)!.push(value);
  }
  return lists.get(undefined) ?? Object.fromEntries([...fields, ...(lists as Map<string, unknown[]>)]);
}

const nested = fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()));

test("the pieces of any list or object make the whole again, however it is cut and spaced", async () => {
  const check = async (value: unknown, size: number, space: number) => {
    const text = JSON.stringify(value, null, space);
    expect(await split(text, size)).toEqual(JSON.parse(text));
  };
  await fc.assert(fc.asyncProperty(nested, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 2 }), check));
});

test("what JSON.parse refuses is refused, wherever it is damaged", async () => {
  const damaged = fc.tuple(nested, fc.nat(), fc.constantFrom(...'[]{},:" \\1x'));
  const check = async ([value, at, character]: [unknown, number, string]) => {
    const whole = JSON.stringify(value);
    const text = whole.slice(0, at % whole.length) + character + whole.slice((at % whole.length) + 1);
    let expected: unknown;
    try {
      expected = JSON.parse(text);
    } catch {
      await expect(split(text, 7)).rejects.toThrow();
      return;
    }
    if (typeof expected === "object" && expected !== null) expect(await split(text, 7)).toEqual(expected);
    else await expect(split(text, 7)).rejects.toThrow();
  };
  await fc.assert(fc.asyncProperty(damaged, check), { numRuns: 300 });
});

describe("long JSON", () => {
  const whole = {
    info: { a: [1] },
    title: "x",
    entries: [{ id: 1, text: "[1]", url: "left out" }],
    other: [[[]]],
    more: [],
  };

  test("gives what the schema names, as reading it whole does", async () => {
    const text = JSON.stringify(whole);
    for (const path of [write("long.json", text), write("long.json.gz", gzipSync(`\uFEFF${text}`))]) {
      const read = await readLongJson(path, File);
      expect(read).toEqual({ title: "x", entries: [{ id: 1, text: "[1]" }], more: [] });
    }
    expect(await readLongJson(write("a.json", '{"entries": []}'), File)).toEqual(
      parseJson('{"entries": []}', "a.json", File),
    );
    expect(await readLongJson(write("a.json", ' [{"id": 1, "text": ""} ] '), z.array(Entry))).toEqual([
      { id: 1, text: "" },
    ]);
  });

  test.each([
    [
      "a record of another kind",
      '{"entries": [{"id": 1, "text": "a"}, {"id": "2"}]}',
      "wrong-schema",
      "entries[1]: id",
    ],
    ["a missing list", '{"title": "x"}', "wrong-schema", "entries"],
    ["a list in place of the object", "[1]", "wrong-schema", "received array"],
    ["a damaged record", '{"entries": [{"id": 1, "text": "a"}, {"id": }]}', "not-json", "entries[1]: not JSON"],
    ["the end missing", '{"entries": [{"id": 1, "text": "a"}', "not-json", "unexpected end"],
    ["brackets alone", "[".repeat(100_000), "not-json", "nested more than 200 deep"],
    ["no UTF-8", Buffer.from('{"title": "M\xe4"}', "latin1"), "not-json", "no UTF-8"],
    ["a number", "1", "not-json", "no list and no object"],
    ["two values", "[] []", "not-json", "a.json"],
  ])("%s is named", async (_, text, code, message) => {
    await expect(readLongJson(write("a.json", text), File)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });
});

test("long JSON lines: as those read whole", async () => {
  const path = write("a.jsonl.gz", gzipSync('\n{"id": 1, "text": "a"}\r\n\n{"id": 2, "text": "b\u2028"}'));
  expect(await readLongJsonLines(path, Entry)).toEqual([
    { id: 1, text: "a" },
    { id: 2, text: "b\u2028" },
  ]);
  expect(await readFirstLine(path)).toBe('{"id": 1, "text": "a"}');
  await expect(readLongJsonLines(write("a.jsonl", '{"id": 1, "text": "a"}\n{'), Entry)).rejects.toMatchObject({
    code: "not-json",
    message: expect.stringContaining("line 2"),
  });
});
