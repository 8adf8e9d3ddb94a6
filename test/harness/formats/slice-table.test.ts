import { expect, test } from "vitest";
import { readSliceTable } from "../../../harness/formats/slice-table.js";
import { Scratch } from "../cli/run-cli.js";

const scratch = new Scratch();
const read = (content: unknown) => readSliceTable(scratch.write("some.csv", content));

test.each([
  ["commas", "id,weather,size\n7,sun,1.5\n008,,2\n"],
  ["semicolons, whose numbers may have commas", "id;weather;size\n7;sun;1,5\n008;;2\n"],
  ["tabs", "id\tweather\tsize\n7\tsun\t1.5\n008\t\t2\n"],
  [
    "a byte order mark, carriage returns and quotes",
    '\uFEFF"id","weather","size"\r\n"7","sun","1.5"\r\n"008","",2\r\n',
  ],
  ["UTF-16", Buffer.from("\uFEFFid,weather,size\n7,sun,1.5\n008,,2\n", "utf16le")],
  ["white space, empty lines, and an index without a name", ",id, weather,size\n0, 7 ,sun,1.5\n\n1,008,,2\n"],
])("%s", async (_, content) => {
  expect(await read(content)).toEqual({
    name: "some.csv",
    ids: ["7", "008"],
    columns: { weather: ["sun", ""], size: content.toString().includes("1,5") ? ["1.5", "2"] : ["1.5", "2"] },
  });
});

test("a delimiter within quotes is text, and so is a comma in a column that is not of numbers alone", async () => {
  expect((await read('"id","a;b;c;d"\n1,"x, y"\n')).columns).toEqual({ "a;b;c;d": ["x, y"] });
  expect((await read("id;place\n1;2,5\n2;Bonn, Rhein\n")).columns).toEqual({ place: ["2,5", "Bonn, Rhein"] });
});

test("what a guarded cell guards is read back, and a name of every object's is a column like others", async () => {
  const { columns } = await read("id,said,constructor\n1,'=1+1,b\n");
  expect(Object.entries(columns)).toEqual([
    ["said", ["=1+1"]],
    ["constructor", ["b"]],
  ]);
});

test.each([
  ["wrong-schema", "image,weather\n1,sun\n", /there is no column id, but "image", "weather"\. Its first line/],
  ["wrong-schema", "id\n1\n", /there is no column beside id/],
  ["wrong-schema", "id,a,a\n1,2,3\n", /two columns are called "a"/],
  ["wrong-schema", "id,__proto__\n1,a\n", /no column can be called __proto__/],
  ["wrong-schema", "id,a\n1,2\n,3\n", /row 2: there is no id/],
  ["wrong-schema", "id\ra\r1\r2\r", /no column id|Its first line/],
  ["wrong-schema", "", /there is no column id, but nothing/],
  ["duplicate-id", "id,a\n1,2\n1,3\n", /more than one row with id 1\. Keep one/],
  ["empty-file", "id,a\n", /no rows below/],
  ["bad-csv", "id,a\n1\n", /line 2: Invalid Record Length/],
  ["bad-csv", 'id,a\n1,"2\n', /Quote Not Closed/],
])("%s: %j", async (code, content, message) => {
  await expect(read(content)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});
