import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import sharp from "sharp";
import { pack } from "tar-stream";
import { describe, expect, test } from "vitest";
import { readDocuments } from "../../../harness/formats/documents.js";
import { readWebPairs } from "../../../harness/formats/web-pairs.js";
import { Scratch } from "../cli/run-cli.js";
import { formatParquet } from "../files/write-parquet.js";

const dot = await sharp({ create: { width: 2, height: 2, channels: 3, background: "red" } })
  .jpeg()
  .toBuffer();

async function tar(entries: readonly (readonly [string, string | Buffer])[]): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of entries) archive.entry({ name }, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function collect<T>(
  read: (path: string, onFault: (where: string, problem: string) => void) => AsyncIterable<T>,
  path: string,
) {
  const items: T[] = [];
  const faults: string[] = [];
  for await (const item of read(path, (where, problem) => faults.push(`${where.replace(path, "FILE")}: ${problem}`)))
    items.push(item);
  return { items, faults };
}

async function collectWith(path: string, onFault: () => never): Promise<void> {
  for await (const _ of readWebPairs(path, onFault));
}

describe("web pairs", () => {
  test("text comes from .txt or from the .json's caption; folders and dots in keys do no harm", async () => {
    const scratch = new Scratch();
    const path = scratch.write(
      "a.tar",
      await tar([
        ["00/1.jpg", dot],
        ["00/1.txt", " a dog\n"],
        ["00/2.jpg", dot],
        ["00/2.json", '{"caption":"a cat","url":""}'],
        ["v1.0/3.txt", "a bird"],
        ["v1.0/3.png", dot],
        ["photo.v1.jpg", dot],
        ["photo.v1.txt", "a hat"],
        ["photo.v2.JPEG", dot],
        ["photo.v2.txt", "a coat"],
        ["photo.boxes.json", "[]"],
      ]),
    );
    const { items, faults } = await collect(readWebPairs, path);
    expect(items.map(({ id, text }) => [id.replace(path, "FILE"), text])).toEqual([
      ["FILE: 00/1", "a dog"],
      ["FILE: 00/2", "a cat"],
      ["FILE: v1.0/3", "a bird"],
      ["FILE: photo.v1", "a hat"],
      ["FILE: photo.v2", "a coat"],
    ]);
    expect(items[0]!.image.equals(dot)).toBe(true);
    expect(faults).toEqual([]);
  });

  test.each([
    ["tar", (bytes: Buffer) => bytes],
    ["tar.gz", gzipSync],
  ])("img2dataset's shard as macOS packs it, with dots in its keys: .%s", async (ending, packed) => {
    const entries = ["a.1", "b.2.x"].flatMap((key, i) => [
      [`./._${key}.jpg`, "resource fork"] as const,
      [`./${key}.jpg`, dot] as const,
      [`._${key}.txt`, "resource fork"] as const,
      [`__MACOSX/${key}.txt`, "resource fork"] as const,
      [`${key}.json`, JSON.stringify({ caption: `caption ${i}`, url: "x", status: "success" })] as const,
      [`${key}.boxes.json`, '{"caption": 3}'] as const,
      ...(i === 0 ? [[`${key}.txt`, "text 0"] as const] : []),
    ]);
    const path = new Scratch().write(`00000.${ending}`, packed(await tar(entries)));
    const { items, faults } = await collect(readWebPairs, path);
    expect(items.map(({ id, text }) => [id.replace(path, "FILE"), text])).toEqual([
      ["FILE: a.1", "text 0"],
      ["FILE: b.2.x", "caption 1"],
    ]);
    expect(faults).toEqual([]);
  });

  test("a packed shard that is cut short gives what came before", async () => {
    const entries = Array.from({ length: 300 }, (_, i) => [
      [`${i}.jpg`, Buffer.from(`${Math.sin(i)}`.repeat(50))] as const,
      [`${i}.txt`, `text ${i}`] as const,
    ]);
    const packed = gzipSync(await tar(entries.flat()));
    const { items, faults } = await collect(readWebPairs, new Scratch().write("0.tar.gz", packed.subarray(0, 9000)));
    expect(items[0]).toMatchObject({ text: "text 0" });
    expect(items.length).toBeLessThan(300);
    expect(faults.at(-1)).toMatch(/the archive is broken after/);
  });

  test("a web page that was saved in its place is called so", async () => {
    const page = "<!DOCTYPE html>\n<html><head><title>Please log in</title></head></html>";
    const { items, faults } = await collect(readWebPairs, new Scratch().write("0.tar", page));
    expect([items, faults]).toEqual([
      [],
      [expect.stringMatching(/it is a web page, "Please log in", not a tar archive$/)],
    ]);
  });

  test("what lacks its partner and what is not JSON is named and passed over", async () => {
    const scratch = new Scratch();
    const path = scratch.write(
      "a.tar",
      await tar([
        ["1.jpg", dot],
        ["2.txt", "alone"],
        ["3.jpg", dot],
        ["3.json", "{"],
        ["4.jpg", dot],
        ["4.txt", "good"],
      ]),
    );
    const { items, faults } = await collect(readWebPairs, path);
    expect(items.map(({ text }) => text)).toEqual(["good"]);
    expect(faults[0]).toMatch(/^FILE: 3\.json: not JSON/);
    expect(faults.slice(1)).toEqual([
      "FILE: 1: an image without text",
      "FILE: 2: a text without image",
      "FILE: 3: an image without text",
    ]);
  });

  test.each([
    ["by extension", ["1.jpg", "2.jpg", "3.jpg", "1.txt", "2.txt", "3.txt"]],
    ["backwards", ["3.txt", "2.txt", "1.txt", "3.jpg", "2.jpg", "1.jpg"]],
    ["at random", ["2.jpg", "1.txt", "3.jpg", "2.txt", "3.txt", "1.jpg"]],
    ["with an entry that comes late", ["1.jpg", "1.txt", "2.jpg", "2.txt", "1.json", "3.txt", "3.jpg"]],
  ])("files of one key are found wherever they lie: %s", async (_, names) => {
    const content = (name: string) => (name.endsWith("jpg") ? dot : name.endsWith("txt") ? `text of ${name[0]}` : "{}");
    const entries = names.map((name) => [name, content(name)] as const);
    const { items, faults } = await collect(readWebPairs, new Scratch().write("a.tar", await tar(entries)));
    expect(items.map(({ text }) => text).sort()).toEqual(["text of 1", "text of 2", "text of 3"]);
    expect(faults).toEqual([]);
  });

  test("files of one key beyond the window: the shard is refused by name", async () => {
    const names = Array.from({ length: 20_100 }, (_, n) => `${n}`);
    const entries = [...names.map((n) => [`${n}.txt`, "a"] as const), ...names.map((n) => [`${n}.jpg`, "b"] as const)];
    const path = new Scratch().write("a.tar", await tar(entries));
    await expect(collect(readWebPairs, path)).rejects.toMatchObject({
      code: "unsorted-shard",
      message: expect.stringContaining(path),
    });
  });

  test("an error of whoever takes the pairs is theirs, and no fault of the archive", async () => {
    const path = new Scratch().write(
      "a.tar",
      await tar([
        ["1.jpg", dot],
        ["1.txt", "a dog"],
        ["2.txt", "alone"],
      ]),
    );
    const full = new Error("ENOSPC: no space left on device");
    const faults: string[] = [];
    const pairs = readWebPairs(path, (where) => faults.push(where));
    await pairs.next();
    await expect(pairs.throw(full)).rejects.toBe(full);
    const refuse = () => {
      throw full;
    };
    await expect(collectWith(path, refuse)).rejects.toBe(full);
    expect(faults).toEqual([]);
  });

  test("an entry that is too long is named and passed over", async () => {
    const entries = [
      ["1.jpg", dot],
      ["1.txt", Buffer.alloc((1 << 24) + 1, "a")],
      ["2.jpg", dot],
      ["2.txt", "b"],
    ] as const;
    const { items, faults } = await collect(readWebPairs, new Scratch().write("a.tar", await tar(entries)));
    expect(items.map(({ text }) => text)).toEqual(["b"]);
    expect(faults[0]).toBe("FILE: 1.txt: it has 16777217 bytes, more than such a file may have");
    expect(faults[1]).toBe("FILE: 1: an image without text");
  });

  test("a name that says it is endless is not collected", async () => {
    const header = await tar([["1.jpg", ""]]);
    header.write("x", 156, "latin1"); // a header of attributes
    header.write("77777777777", 124, "latin1"); // 8 GiB − 1
    header.fill(" ", 148, 156);
    const sum = header.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0`, 148, "latin1");
    const path = new Scratch().write("a.tar", Buffer.concat([header.subarray(0, 512), Buffer.alloc(1 << 25, "a")]));
    const { faults } = await collect(readWebPairs, path);
    expect(faults.join()).toMatch(/broken after its beginning: a header of more than/);
  });

  test("an archive that breaks off gives what came before", async () => {
    const scratch = new Scratch();
    const whole = await tar([
      ["1.jpg", dot],
      ["1.txt", "first"],
      ["2.jpg", dot],
      ["2.txt", "second"],
    ]);
    const { items, faults } = await collect(readWebPairs, scratch.write("a.tar", whole.subarray(0, 2048 + 300)));
    expect(items.map(({ text }) => text)).toEqual(["first"].slice(0, items.length));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/archive is broken|without text/);
  });

  test("no such shard", async () => {
    await expect(collect(readWebPairs, new Scratch().at("none.tar"))).rejects.toMatchObject({ code: "missing-file" });
  });
});

describe("documents", () => {
  test("packed and not, bad lines counted", async () => {
    const scratch = new Scratch();
    const lines = ['{"text":"one"}', "", "{", '{"title":"no text"}', '{"text":"  two "}'].join("\n");
    for (const path of [scratch.write("a.jsonl", lines), scratch.write("a.json.gz", gzipSync(lines))]) {
      const { items, faults } = await collect(readDocuments, path);
      expect(items.map(({ text }) => text)).toEqual(["one", "two"]);
      expect(faults.map((fault) => fault.slice(0, 13))).toEqual(["FILE, line 3:", "FILE, line 4:"]);
    }
  });

  test("a file that breaks off", async () => {
    const scratch = new Scratch();
    const text = Array.from({ length: 3000 }, (_, i) => `{"text":"${Math.sin(i)}"}`).join("\n");
    const packed = gzipSync(text);
    const { items, faults } = await collect(
      readDocuments,
      scratch.write("a.json.gz", packed.subarray(0, packed.length / 2)),
    );
    expect(items.length).toBeLessThan(3000);
    expect(faults.at(-1)).toMatch(/breaks off/);
  });

  test("no such file", async () => {
    await expect(collect(readDocuments, new Scratch().at("none.gz"))).rejects.toMatchObject({ code: "missing-file" });
  });
});

/** The system's own list, where it has one. */
const OPEN_FILES = "/proc/self/fd";

function listOpen(): string[] {
  return readdirSync(OPEN_FILES).flatMap((name) => {
    try {
      return readlinkSync(join(OPEN_FILES, name));
    } catch {
      return []; // closed meanwhile
    }
  });
}

test.runIf(existsSync(OPEN_FILES))("whoever has read enough leaves no file open", { timeout: 120_000 }, async () => {
  const scratch = new Scratch();
  const lines = Array.from({ length: 50_000 }, (_, i) => `{"text":"${Math.sin(i)}"}\n`).join("");
  const entries = Array.from({ length: 50 }, (_, i): (readonly [string, string | Buffer])[] => [
    [`${i}.jpg`, dot],
    [`${i}.txt`, "a dog ".repeat(2000)],
  ]).flat();
  const rows = { text: Array.from({ length: 50 }, (_, i) => `text ${i}`), image: new Array<Buffer>(50).fill(dot) };
  for (const [path, read] of [
    [scratch.write("a.jsonl", lines), readDocuments],
    [scratch.write("a.json.gz", gzipSync(lines)), readDocuments],
    [scratch.write("a.tar", await tar(entries)), readWebPairs],
    [scratch.write("a.parquet", formatParquet(rows)), readDocuments],
    [scratch.write("b.parquet", formatParquet(rows)), readWebPairs],
  ] as const) {
    for await (const _ of read(path, () => {})) break;
    // a stream closes its file by and by
    await expect.poll(() => listOpen(), { timeout: 20_000 }).not.toContain(path);
  }
});
