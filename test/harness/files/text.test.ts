import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readLines, readParallelLines, splitLines } from "../../../harness/files/lines.js";
import { readText } from "../../../harness/files/text.js";
import { openTextStream } from "../../../harness/files/text-stream.js";
import { temporaryFiles } from "./temporary.js";

const write = temporaryFiles();

test.each([
  ["plain ASCII", Buffer.from("a cat\n"), "a cat\n"],
  ["UTF-8", Buffer.from("Ein Mädchen 😀\u2028\n"), "Ein Mädchen 😀\u2028\n"],
  ["a byte order mark", Buffer.from("\uFEFFa cat"), "a cat"],
  ["a byte order mark that is not first", Buffer.from("a \uFEFFcat"), "a \uFEFFcat"],
  ["gzip", gzipSync("Mädchen"), "Mädchen"],
  ["gzip in two members", Buffer.concat([gzipSync("a "), gzipSync("cat")]), "a cat"],
  ["gzip of text with a byte order mark", gzipSync("\uFEFFa cat"), "a cat"],
  ["UTF-16 with a byte order mark", Buffer.from("\uFEFFMädchen 😀\r\n", "utf16le"), "Mädchen 😀\r\n"],
  ["big-endian UTF-16 with one", Buffer.from("\uFEFFMädchen 😀", "utf16le").swap16(), "Mädchen 😀"],
  ["packed UTF-16", gzipSync(Buffer.from("\uFEFFa cat", "utf16le")), "a cat"],
  ["an empty file", Buffer.from(""), ""],
])("%s is read, whatever the file is called", async (_, bytes, text) => {
  const path = write("text.json", bytes);
  expect(await readText(path)).toBe(text);
  const chunks: Buffer[] = [];
  for await (const chunk of await openTextStream(path)) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toBe(text);
});

test("what cannot be read is named, with what to do", async () => {
  const folder = dirname(write("a.txt", ""));
  await expect(readText(join(folder, "none.txt"))).rejects.toMatchObject({
    code: "missing-file",
    message: expect.stringContaining("none.txt: there is no such file"),
  });
  await expect(readText(folder)).rejects.toMatchObject({
    code: "unreadable-file",
    message: expect.stringContaining("is a folder"),
  });
  await expect(readText(join(folder, "a.txt", "b.txt"))).rejects.toMatchObject({ code: "unreadable-file" });
  await expect(readText(write("cut.gz", gzipSync("a cat".repeat(99)).subarray(0, 20)))).rejects.toMatchObject({
    code: "broken-gzip",
    message: expect.stringContaining("cut.gz"),
  });
  await expect(readText(write("latin1.txt", Buffer.from("fine\nM\xe4dchen\nfine", "latin1")))).rejects.toMatchObject({
    code: "not-utf8",
    message: expect.stringContaining("latin1.txt, line 2:"),
  });
});

test.each([
  ["", []],
  ["\n", [""]],
  ["a\nb", ["a", "b"]],
  ["a\nb\n", ["a", "b"]],
  ["a\n\n", ["a", ""]],
  ["a\r\nb\r\n", ["a", "b"]],
  ["a\rb\u2028c\u2029d\u0085e\vf\fg\x1ch\n", ["a\rb\u2028c\u2029d\u0085e\vf\fg\x1ch"]],
])("lines of %j", (text, lines) => {
  expect(splitLines(text)).toEqual(lines);
});

test("parallel files must have equally many lines", async () => {
  const two = write("two.txt", "a\nb\n");
  const three = write("three.txt", "c\n\nd");
  expect(await readLines(three)).toEqual(["c", "", "d"]);
  const none = write("none.txt", "");
  await expect(readParallelLines([none, none])).rejects.toMatchObject({ code: "empty-file" });
  expect(await readParallelLines([two, two])).toEqual([
    ["a", "b"],
    ["a", "b"],
  ]);
  await expect(readParallelLines([two, two, three])).rejects.toMatchObject({
    code: "different-line-counts",
    message: expect.stringMatching(/two\.txt has 2 lines, .*three\.txt has 3 lines/),
  });
});
