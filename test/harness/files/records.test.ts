import { expect, test } from "vitest";
import { z } from "zod";
import { parseCsv } from "../../../harness/files/csv.js";
import { readJson, readJsonLines } from "../../../harness/files/json.js";
import { temporaryFiles } from "./temporary.js";

const write = temporaryFiles();
const Entry = z.object({ id: z.string(), text: z.string() }).describe("a list of {id, text}");
const Entries = z.object({ entries: z.array(Entry) }).describe("{entries: [{id, text}]}");

test.each([
  ["an error in the middle", '{"entries": [\n  {"id": "1", "text": Nope}\n]}', "line 2, column 23"],
  ["an error with its position", '{"entries": [\n  {"id": "1" "text": ""}]}', "line 2, column 14"],
  ["a cut", '{"entries": [\n{"id": "1", "text": ', "line 2, column 21"],
  ["an empty file", "", "line 1, column 1"],
  ["a web page", "<!DOCTYPE html>\n<html></html>", "Unexpected token '<'"],
])("%s in JSON is pointed at", async (_, text, place) => {
  const error = { code: "not-json", message: expect.stringMatching(/entries\.json.*should be \{entries:/s) };
  const path = write("entries.json", text);
  await expect(readJson(path, Entries)).rejects.toMatchObject(error);
  await expect(readJson(path, Entries)).rejects.toThrow(place);
});

test("a value that does not fit the schema is named by its JSON path", async () => {
  const path = write("entries.json", '{"entries": [{"id": "1", "text": "a"}, {"id": "2", "text": 3}]}');
  await expect(readJson(path, Entries)).rejects.toMatchObject({
    code: "wrong-schema",
    message: `${path}: entries[1].text: expected string, received number. This should be {entries: [{id, text}]}.`,
  });
  await expect(readJson(write("list.json", "[]"), Entries)).rejects.toThrow(
    /list\.json: expected object, received array/,
  );
});

test("JSON lines: empty lines are passed over, a bad one is given by number", async () => {
  const good = '{"id": "1", "text": "a\\u2028"}\r\n\n{"id": "2", "text": "\u2028"}';
  expect(await readJsonLines(write("good.jsonl", good), Entry)).toEqual([
    { id: "1", text: "a\u2028" },
    { id: "2", text: "\u2028" },
  ]);
  await expect(readJsonLines(write("bad.jsonl", `${good}\n{"id": `), Entry)).rejects.toMatchObject({
    code: "not-json",
    message: expect.stringContaining("bad.jsonl, line 4: not JSON"),
  });
  await expect(readJsonLines(write("bad.jsonl", `${good}\n{"id": 3}`), Entry)).rejects.toMatchObject({
    code: "wrong-schema",
    message: expect.stringContaining("bad.jsonl, line 4: id: expected string"),
  });
});

test("csv: quoted cells keep their white space and line ends, a bad row is given by number", () => {
  const text = 'id,text\r\n1," a ""quoted""\nline\u2028"\n\n2,\n';
  expect(parseCsv(text, "good.csv", Entry)).toEqual([
    { id: "1", text: ' a "quoted"\nline\u2028' },
    { id: "2", text: "" },
  ]);
  for (const bad of ["id,text\n1,a\n2", "id,text\n1,a\n2,b,c", 'id,text\n1,a\n2,b"c"', 'id,text\n1,a\n2,"b']) {
    expect(() => parseCsv(bad, "bad.csv", Entry)).toThrow(
      expect.objectContaining({
        code: "bad-csv",
        message: expect.stringMatching(/^bad\.csv, line 3: .*should be a list/s),
      }),
    );
  }
  expect(() => parseCsv("id,txt\n1,a", "bad.csv", Entry)).toThrow(
    expect.objectContaining({ code: "wrong-schema", message: expect.stringContaining("bad.csv, line 2: text:") }),
  );
});
