import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { RemoteFiles, type RemoteOptions } from "../../../harness/network/remote-files.js";
import { readS3Account } from "../../../harness/network/s3-account.js";
import { Scratch } from "../cli/run-cli.js";
import { type Keys, type Misdeed, type ObjectServer, serveObjects } from "./object-server.js";

const KEYS: Keys = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI-SECRET", region: "eu-west-1" };
const FILE = randomBytes(300_000);
const quick = { backOff: 0.001 };
let server: ObjectServer;

beforeEach(async () => {
  server = await serveObjects();
  server.files.set("/set/a.tar", FILE);
});
afterEach(() => {
  server.close();
  vi.unstubAllEnvs();
});

const read = (address: string, options: RemoteOptions = quick) => {
  const files = RemoteFiles.at([address], options);
  return buffer(files.open(nameOf(address)));
};
const nameOf = (address: string) => address.replace(/\?.*/, "");
const byTurns =
  (...misdeeds: Misdeed[]) =>
  (_: string, count: number) =>
    misdeeds[count];

describe("whatever becomes of the connection, the same bytes come", () => {
  test.each<[string, (path: string, count: number) => Misdeed, (string | undefined)[]]>([
    ["cut", byTurns({ cutAfter: 1000 }, { cutAfter: 500 }), [undefined, "bytes=1000-", "bytes=1500-"]],
    ["cut before the first byte", byTurns({ cutAfter: 0 }), [undefined, undefined]],
    ["busy", byTurns({ status: 503 }, { status: 429, headers: { "retry-after": "0" } }), Array(3).fill(undefined)],
    ["cut, and then no parts", byTurns({ cutAfter: 1000 }, { whole: true }), [undefined, "bytes=1000-"]],
  ])("%s", async (_, misbehave, ranges) => {
    server.misbehave = misbehave;
    expect((await read(`${server.url}/set/a.tar`)).equals(FILE)).toBe(true);
    expect(server.requests.map(({ range }) => range)).toEqual(ranges);
  });

  test("cut again and again, as long as some bytes come each time", async () => {
    server.misbehave = () => ({ cutAfter: 10_001 });
    expect((await read(`${server.url}/set/a.tar`, { ...quick, retries: 2 })).equals(FILE)).toBe(true);
    expect(server.requests).toHaveLength(30);
  });

  test("silent", async () => {
    server.misbehave = byTurns({ stallAfter: 1000 });
    expect((await read(`${server.url}/set/a.tar`, { ...quick, silence: 1000, retries: 50 })).equals(FILE)).toBe(true);
    expect(server.requests[1]).toMatchObject({ range: "bytes=1000-" });
  });

  test("sent on to another address, whose path is asked again from the first", async () => {
    server.files.set("/cdn/1", FILE);
    server.misbehave = (path, count) => {
      if (path === "/set/a.tar") return { status: 302, headers: { location: `/cdn/1?Signature=${count}` } };
      return count === 0 ? { cutAfter: 777 } : undefined;
    };
    expect((await read(`${server.url}/set/a.tar`)).equals(FILE)).toBe(true);
    expect(server.requests.map(({ path }) => path)).toEqual(["/set/a.tar", "/cdn/1", "/set/a.tar", "/cdn/1"]);
  });
});

describe("what cannot be mended is said", () => {
  test.each<[string, Misdeed, string, RegExp]>([
    ["missing", { status: 404 }, "missing-shard", /a\.tar is not there \(status 404\)/],
    [
      "forbidden",
      { status: 403, body: "<Code>AccessDenied</Code>" },
      "shard-refused",
      /status 403, AccessDenied\. .*those who log in/,
    ],
    ["away", { status: 302, headers: { location: "http://example.com/a.tar" } }, "shard-refused", /not https/],
    ["round", { status: 302, headers: { location: "/set/a.tar" } }, "shard-refused", /more than 5 times/],
    ["down", { status: 500 }, "storage-unavailable", /status 500, at 3 attempts/],
    ["always short", { cutAfter: 0 }, "storage-unavailable", /UND_ERR_SOCKET|ECONNRESET|it broke off/],
    [
      "a form for logging in",
      { status: 200, body: "\n<!DOCTYPE html><html><title>Log  in\n</title>" },
      "shard-refused",
      /a\.tar is a web page, "Log in", not a tar archive: the server may want a login/,
    ],
    ["impatient", { status: 503, headers: { "retry-after": "9999" } }, "storage-unavailable", /at 1 attempts/],
  ])("%s", async (_, misdeed, code, message) => {
    server.misbehave = () => misdeed;
    const failed = read(`${server.url}/set/a.tar`, { ...quick, retries: 2 });
    await expect(failed).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test("always broken off before what is missing, by a server that gives no parts", async () => {
    server.misbehave = (_, count) => (count === 0 ? { cutAfter: 5000 } : { cutAfter: 1000, whole: true });
    const failed = read(`${server.url}/set/a.tar`, { ...quick, retries: 2 });
    await expect(failed).rejects.toMatchObject({
      code: "storage-unavailable",
      message: expect.stringMatching(
        /, and the server sends no parts of files, after 5000 of 300000 bytes, at 3 attempts/,
      ),
    });
  });

  test("another version in between", async () => {
    server.misbehave = (_, count) => {
      if (count > 0) server.files.set("/set/a.tar", randomBytes(FILE.length));
      return count === 0 ? { cutAfter: 1000 } : undefined;
    };
    await expect(read(`${server.url}/set/a.tar`)).rejects.toMatchObject({ code: "changed-shard" });
  });

  test("nobody there", async () => {
    server.close();
    const failed = read(`${server.url}/set/a.tar`, { ...quick, retries: 1 });
    await expect(failed).rejects.toMatchObject({ message: expect.stringMatching(/ECONNREFUSED\), at 2 attempts/) });
  });

  test.each([
    ["http://example.com/a.tar", "in the clear"],
    ["https://me:hush@example.com/a.tar", "user name or password"],
    ["s3://bucket", "no address such as s3:"],
    ["https://", "no address"],
  ])("%s is refused", (address, message) => {
    const make = () => RemoteFiles.at([address]);
    expect(make).toThrow(message);
    expect(make).not.toThrow("hush");
  });
});

describe("buckets", () => {
  const enter = (keys: Partial<Keys>, endpoint = server.url) => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", keys.accessKeyId ?? "");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", keys.secretAccessKey ?? "");
    vi.stubEnv("AWS_SESSION_TOKEN", keys.sessionToken ?? "");
    vi.stubEnv("AWS_REGION", keys.region ?? "");
    vi.stubEnv("AWS_ENDPOINT_URL", endpoint);
  };

  test.each<[string, Keys]>([
    ["a user's keys", KEYS],
    ["a role's", { ...KEYS, sessionToken: "FwoG//token+with=signs" }],
  ])("%s sign every attempt, keys with signs in them too", async (_, keys) => {
    server.close();
    server = await serveObjects(keys);
    const key = "a folder/ü+1 (é)!*'~%41.tar";
    server.files.set(`/set/${key}`, FILE);
    server.misbehave = byTurns({ cutAfter: 1000 });
    enter(keys);
    expect((await read(`s3://set/${key}`)).equals(FILE)).toBe(true);
    expect(server.requests.map(({ status }) => status)).toEqual([200, 206]);
  });

  test.each<[string, Partial<Keys>, Misdeed, RegExp]>([
    [
      "wrong keys",
      { ...KEYS, secretAccessKey: "another-SECRET" },
      undefined,
      /SignatureDoesNotMatch\. The keys in AWS_/,
    ],
    ["no keys", {}, undefined, /Nobody is named who asks: set AWS_ACCESS_KEY_ID/],
    [
      "elsewhere",
      KEYS,
      { status: 301, headers: { "x-amz-bucket-region": "ap-south-1" } },
      /region ap-south-1: set AWS_REGION/,
    ],
    [
      "badly signed",
      KEYS,
      { status: 400, body: "<Code>AuthorizationHeaderMalformed</Code>" },
      /may be in another region/,
    ],
  ])("%s: said, without the key", async (_, keys, misdeed, message) => {
    server.close();
    server = await serveObjects(KEYS);
    server.files.set("/set/a.tar", FILE);
    server.misbehave = () => misdeed;
    enter(keys);
    const error: unknown = await read("s3://set/a.tar").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "shard-refused", message: expect.stringMatching(message) });
    expect(String(error)).not.toMatch(/another-SECRET|wJalr|AKID/);
  });

  const unset = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set, so that nothing is signed";
  test.each<[string, Partial<Keys>, string]>([
    ["neither keys nor a region", {}, `AWS_ENDPOINT_URL names http://127.0.0.1:PORT; ${unset}.`],
    ["keys", KEYS, "AWS_ENDPOINT_URL names http://127.0.0.1:PORT."],
  ])(
    "a server that is not reached, with %s: what was looked at is said, early and in the end",
    async (_, keys, told) => {
      enter(keys);
      server.close();
      const notes: string[] = [];
      const onNote = (note: string) => notes.push(note);
      const error: unknown = await read("s3://set/a.tar", { ...quick, retries: 3, onNote }).catch(
        (thrown: unknown) => thrown,
      );
      const said = `Of the environment: ${told.replace("PORT", new URL(server.url).port)}`;
      expect(error).toMatchObject({ code: "storage-unavailable", message: expect.stringContaining(said) });
      expect(notes.map((note) => note.includes(said))).toEqual([true, false]);
      expect(`${error}${notes}`).not.toMatch(/wJalr|AKID/);
    },
  );

  test("without an endpoint it is Amazon that is asked, and in which region", () => {
    enter({}, "");
    const { told } = readS3Account(process.env);
    expect(told).toBe(
      "AWS_ENDPOINT_URL_S3 and AWS_ENDPOINT_URL are not set, so that Amazon was asked, in us-east-1 " +
        `(AWS_REGION and AWS_DEFAULT_REGION are not set); ${unset}`,
    );
    vi.stubEnv("AWS_DEFAULT_REGION", "eu-north-1");
    expect(readS3Account(process.env).told).toContain("in eu-north-1 (AWS_DEFAULT_REGION)");
  });

  test("half of the keys, and an endpoint with a password, are refused without being repeated", () => {
    enter({ accessKeyId: "AKIDEXAMPLE" });
    expect(() => RemoteFiles.at(["s3://set/a.tar"])).toThrow("both AWS_ACCESS_KEY_ID and");
    enter(KEYS, "https://me:hush@minio.example");
    expect(() => RemoteFiles.at(["s3://set/a.tar"])).toThrow(/AWS_ENDPOINT_URL does not hold(?!.*hush)/);
  });
});

test("what is secret of an address stands in no name, and a new signature is the same shard", async () => {
  const signed = `${server.url}/set/a.tar?X-Amz-Date=1&X-Amz-Signature=hush&X-Amz-Credential=me`;
  expect(RemoteFiles.at([signed]).has(`${server.url}/set/a.tar`)).toBe(true);
  expect((await read(signed)).equals(FILE)).toBe(true);
  const plain = RemoteFiles.at(["https://example.com/get?file=1.tar"]);
  expect(plain.has("https://example.com/get?file=1.tar")).toBe(true);
  const twice = ["https://example.com/get?key=1.tar", "https://example.com/get?key=2.tar"];
  expect(() => RemoteFiles.at(twice)).toThrow("could not be told apart");
});

test("a stream that is destroyed, or whose signal comes, ends at once", async () => {
  server.misbehave = () => ({ stallAfter: 1000 });
  const files = RemoteFiles.at([`${server.url}/set/a.tar`], quick);
  const stream = files.open(`${server.url}/set/a.tar`);
  await new Promise((resolve) => stream.once("data", resolve));
  stream.destroy();
  await new Promise((resolve) => stream.once("close", resolve));
  const stop = new AbortController();
  const other = buffer(files.until(stop.signal).open(`${server.url}/set/a.tar`));
  other.catch(() => {});
  setTimeout(() => stop.abort(), 50);
  await expect(other).rejects.toMatchObject({ name: "AbortError" });
});

describe("cache", () => {
  let folder: string;
  let options: RemoteOptions & { cache: { folder: string; mostBytes: number } };
  beforeEach(() => {
    folder = new Scratch().at("cache");
    options = { ...quick, cache: { folder, mostBytes: 1_000_000 } };
  });
  const bytesAsked = () => server.requests.filter(({ status }) => status === 200 || status === 206).length;

  test("what is there is read from there, as long as the server has the same", async () => {
    const address = `${server.url}/set/a.tar`;
    for (let i = 0; i < 3; i++) expect((await read(address, options)).equals(FILE)).toBe(true);
    expect(server.requests.map(({ status }) => status)).toEqual([200, 304, 304]);
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^[0-9a-f]{32}\.300000\.[\w-]+$/)]);
    const other = randomBytes(1000);
    server.files.set("/set/a.tar", other);
    expect((await read(address, options)).equals(other)).toBe(true);
  });

  test("a server that is away is done without; a shard that was removed is missed", async () => {
    const address = `${server.url}/set/a.tar`;
    await read(address, options);
    server.files.delete("/set/a.tar");
    await expect(read(address, options)).rejects.toMatchObject({ code: "missing-shard" });
    server.close();
    expect((await read(address, options)).equals(FILE)).toBe(true);
  });

  test("a beginning is gone on with, of the same version only", async () => {
    const address = `${server.url}/set/a.tar`;
    const begin = async () => {
      server.misbehave = () => ({ stallAfter: 5000 });
      const stream = RemoteFiles.at([address], options).open(address);
      await new Promise((resolve) => stream.once("data", resolve));
      stream.destroy();
      await new Promise((resolve) => stream.once("close", resolve));
      server.misbehave = () => undefined;
      expect(readdirSync(folder)).toEqual([expect.stringMatching(/\.part$/)]);
    };
    await begin();
    expect((await read(address, options)).equals(FILE)).toBe(true);
    expect(server.requests.at(-1)).toMatchObject({ range: "bytes=5000-", status: 206 });
    expect((await read(address, options)).equals(FILE)).toBe(true);
    expect(server.requests.at(-1)).toMatchObject({ status: 304 });

    folder = new Scratch().at("cache");
    options = { ...quick, cache: { folder, mostBytes: 1_000_000 } };
    await begin();
    const other = randomBytes(FILE.length);
    server.files.set("/set/a.tar", other);
    expect((await read(address, options)).equals(other)).toBe(true);
  });

  test("of a server that gives no parts, all of it comes again", async () => {
    const address = `${server.url}/set/a.tar`;
    server.misbehave = () => ({ stallAfter: 5000 });
    const stream = RemoteFiles.at([address], options).open(address);
    await new Promise((resolve) => stream.once("data", resolve));
    stream.destroy();
    await new Promise((resolve) => stream.once("close", resolve));
    server.misbehave = () => ({ whole: true });
    expect((await read(address, options)).equals(FILE)).toBe(true);
    expect(server.requests.at(-1)).toMatchObject({ range: "bytes=5000-", status: 200 });
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/\.300000\./)]);
  });

  test("a page in a file's place is not kept", async () => {
    server.misbehave = () => ({ status: 200, headers: { etag: '"1"', "content-length": "6" }, body: "<html>" });
    await expect(read(`${server.url}/set/a.tar`, options)).rejects.toMatchObject({ code: "shard-refused" });
    server.misbehave = () => undefined;
    expect((await read(`${server.url}/set/a.tar`, options)).equals(FILE)).toBe(true);
  });

  test("it never holds more than it may, and what was used last stays", async () => {
    for (const name of ["b", "c", "d"]) server.files.set(`/set/${name}.tar`, randomBytes(400_000));
    for (const name of ["b", "c", "b", "d"]) await read(`${server.url}/set/${name}.tar`, options);
    const sizes = readdirSync(folder).map((name) => Number(name.split(".")[1]));
    expect(sizes).toEqual([400_000, 400_000]);
    const before = bytesAsked();
    await read(`${server.url}/set/b.tar`, options);
    expect(bytesAsked()).toBe(before);
    server.files.set("/set/big.tar", randomBytes(1_000_001));
    await read(`${server.url}/set/big.tar`, options);
    expect(readdirSync(folder)).toHaveLength(2);
  });

  test("a damaged file is fetched again; files of others stay", async () => {
    const address = `${server.url}/set/a.tar`;
    await read(address, options);
    const [name] = readdirSync(folder);
    writeFileSync(join(folder, name!), "half");
    writeFileSync(join(folder, "notes.txt"), "x".repeat(2_000_000));
    expect((await read(address, options)).equals(FILE)).toBe(true);
    expect(readFileSync(join(folder, name!)).equals(FILE)).toBe(true);
    expect(readdirSync(folder)).toContain("notes.txt");
  });

  test("where nothing can be written, reading goes on without it, and that is said once", async () => {
    const scratch = new Scratch();
    scratch.write("file", "");
    const notes: string[] = [];
    const cache = { folder: join(scratch.at("file"), "cache"), mostBytes: 1_000_000 };
    const files = RemoteFiles.at([`${server.url}/set/a.tar`], { ...quick, cache, onNote: (note) => notes.push(note) });
    for (let i = 0; i < 2; i++) expect((await buffer(files.open(`${server.url}/set/a.tar`))).equals(FILE)).toBe(true);
    expect(notes).toEqual([expect.stringContaining("shards are not kept there")]);
  });
});
