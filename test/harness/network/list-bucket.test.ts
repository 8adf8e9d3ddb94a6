import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { listBucket } from "../../../harness/network/list-bucket.js";
import { describeShards, findPairs } from "../../../harness/training/find-shards.js";
import { type Keys, type ObjectServer, serveObjects } from "./object-server.js";

const KEYS: Keys = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI-SECRET", region: "eu-west-1" };
const NAMES = [
  "texts/a.json",
  "laion/00000.tar",
  "laion/00001.tar",
  "laion/00000_stats.json",
  "laion/val-0.tar",
  "laion/old/00002.tar",
];
const ODD = "a folder/ü+1 (é)!'~%41 & <b>.tar";
const quick = { backOff: 0.001 };
let server: ObjectServer;

beforeEach(async () => {
  server = await serveObjects(KEYS);
  for (const name of [...NAMES, ODD]) server.files.set(`/set/${name}`, Buffer.from("x"));
  vi.stubEnv("AWS_ACCESS_KEY_ID", KEYS.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", KEYS.secretAccessKey);
  vi.stubEnv("AWS_REGION", KEYS.region);
  vi.stubEnv("AWS_ENDPOINT_URL", server.url);
});
afterEach(() => {
  server.close();
  vi.unstubAllEnvs();
});

const addresses = (...names: string[]) => names.map((name) => `s3://set/${name}`);

test.each([
  ["laion/*.tar", ["laion/00000.tar", "laion/00001.tar", "laion/val-0.tar"]],
  ["laion/0*.tar", ["laion/00000.tar", "laion/00001.tar"]],
  ["laion/00000*", ["laion/00000.tar", "laion/00000_stats.json"]],
  ["*/00000.tar", ["laion/00000.tar"]],
  ["laion/*/*.tar", ["laion/old/00002.tar"]],
  ["a folder/*", [ODD]],
  ["laion/", ["laion/00000.tar", "laion/00000_stats.json", "laion/00001.tar", "laion/val-0.tar"]],
])("%s stands for what the bucket has", async (pattern, names) => {
  expect(await listBucket(`s3://set/${pattern}`, quick)).toEqual(addresses(...names));
});

test("a list of many pages is read to its end, also where a page is tried again", async () => {
  server.page = 3;
  const names = Array.from({ length: 20 }, (_, i) => `many/${i}.tar`);
  for (const name of names) server.files.set(`/set/${name}`, Buffer.from("x"));
  server.misbehave = (_, count) => (count === 2 ? { status: 503 } : undefined);
  expect(await listBucket("s3://set/many/*.tar", quick)).toEqual(addresses(...names.toSorted()));
  expect(server.requests.map(({ status }) => status)).toEqual([200, 200, 503, 200, 200, 200, 200, 200]);
});

test.each([
  ["no place to go on", "", 1, /does not say where the rest begins/],
  ["an empty one", "<NextContinuationToken></NextContinuationToken>", 1, /does not say where/],
  ["the same one again", "<NextContinuationToken>a</NextContinuationToken>", 2, /begins again where it has been/],
])("a list that says there is more, with %s, is no shorter list", async (_, token, requests, said) => {
  const page = "<Contents><Key>laion/0.tar</Key></Contents><IsTruncated>true</IsTruncated>";
  server.misbehave = () => ({ status: 200, body: `<ListBucketResult>${page}${token}</ListBucketResult>` });
  await expect(listBucket("s3://set/laion/*", quick)).rejects.toMatchObject({
    code: "shard-refused",
    message: expect.stringMatching(said),
  });
  expect(server.requests).toHaveLength(requests);
});

describe("pairs", () => {
  test("of a folder are its tars, without what is held out", async () => {
    const found = await findPairs("s3://set/laion/", quick);
    expect(found.shards).toEqual(addresses("laion/00000.tar", "laion/00001.tar"));
    expect(describeShards(found)).toBe("2 files, 00000.tar to 00001.tar (by address)");
  });

  test("braces and stars go together, in the order in which they are named", async () => {
    const found = await findPairs("s3://set/laion/{old/,}0*.tar", quick);
    expect(found.shards).toEqual(addresses("laion/old/00002.tar", "laion/00000.tar", "laion/00001.tar"));
  });

  test.each(["gs", "ftp", "file"])("not from %s://", async (scheme) => {
    await expect(findPairs(`w::${scheme}://key@set/0.tar`)).rejects.toMatchObject({
      code: "bad-address",
      message: expect.stringContaining(`${scheme}:// cannot be read from: it takes s3:// and https://`),
    });
  });

  test.each([
    ["s3://set/nothing/*.tar", {}, "no-shards", /the bucket has no such file/],
    [
      "s3://set/a folder/",
      { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" },
      "shard-refused",
      /Nobody is named who asks/,
    ],
    ["s3://set/texts/", {}, "no-shards", /has no train-\*\.tar, 00000\.tar, NAME\.tar; found a\.json/],
    ["https://example.com/laion/*.tar", {}, "bad-address", /only the buckets of s3:/],
  ])("%s with %j: said", async (from, environment, code, message) => {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    await expect(findPairs(from, quick)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

test("an answer that is no list is no empty bucket", async () => {
  server.misbehave = () => ({ status: 200, body: "<html>welcome</html>" });
  await expect(listBucket("s3://set/laion/*", quick)).rejects.toMatchObject({ code: "shard-refused" });
});
