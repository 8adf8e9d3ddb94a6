import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { AwsClient } from "aws4fetch";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { listBucket } from "../../harness/network/list-bucket.js";
import { RemoteFiles } from "../../harness/network/remote-files.js";
import { findPairs } from "../../harness/training/find-shards.js";
import { project } from "../harness/cli/run-cli.js";

const SERVER = join(project, ".peers/moto/bin/moto_server");
const ODD = "a folder/ü+1 (é)!'~%41 & <b>.tar";
/** More than a page of a list has. */
const MANY = 1005;
/** More than a connection holds before somebody takes it: this server closes its connections. */
const FILE = randomBytes(8_000_000);

async function findPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe.skipIf(!existsSync(SERVER))("a bucket of moto's server (test/network/moto.sh installs it)", () => {
  let child: ChildProcess;
  let url: string;
  let keys: { accessKeyId: string; secretAccessKey: string };

  /** Somebody who may do everything with buckets. */
  async function createUser(): Promise<typeof keys> {
    const nobody = new AwsClient({ accessKeyId: "test", secretAccessKey: "test", region: "us-east-1", retries: 0 });
    const ask = async (parameters: Record<string, string>) => {
      const body = new URLSearchParams({ Version: "2010-05-08", UserName: "reader", ...parameters }).toString();
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      const reply = await nobody.fetch(`${url}/`, { method: "POST", body, headers, aws: { service: "iam" } });
      return reply.text();
    };
    const policy = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }] };
    await ask({ Action: "CreateUser" });
    await ask({ Action: "PutUserPolicy", PolicyName: "all", PolicyDocument: JSON.stringify(policy) });
    const key = await ask({ Action: "CreateAccessKey" });
    const read = (name: string) => new RegExp(`<${name}>([^<]+)<`).exec(key)![1]!;
    return { accessKeyId: read("AccessKeyId"), secretAccessKey: read("SecretAccessKey") };
  }

  beforeAll(async () => {
    const port = await findPort();
    url = `http://127.0.0.1:${port}`;
    child = spawn(SERVER, ["-H", "127.0.0.1", "-p", `${port}`], { stdio: "ignore" });
    for (let tries = 0; tries < 600; tries++) {
      if (await fetch(`${url}/moto-api/`).catch(() => undefined)) break;
      await pause(100);
    }
    keys = await createUser();
    const writer = new AwsClient({ ...keys, region: "us-east-1", service: "s3" });
    const put = async (path: string, body: BodyInit) =>
      expect((await writer.fetch(`${url}/set${path}`, { method: "PUT", body })).status).toBe(200);
    await put("", "");
    await put(`/${ODD.split("/").map(encodeURIComponent).join("/")}`, FILE);
    for (let i = 0; i < MANY; i++) await put(`/many/${i}.tar`, `${i}`);
    await fetch(`${url}/moto-api/reset-auth`, { method: "POST", body: "0" }); // from now on signatures count
  });
  afterAll(() => {
    child?.kill();
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  function enter({ accessKeyId, secretAccessKey }: typeof keys): void {
    vi.stubEnv("AWS_ACCESS_KEY_ID", accessKeyId);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", secretAccessKey);
    vi.stubEnv("AWS_REGION", "us-east-1");
    vi.stubEnv("AWS_ENDPOINT_URL", url);
  }

  test("lists are signed as it wants them, and read page by page", async () => {
    enter(keys);
    const names = Array.from({ length: MANY }, (_, i) => `s3://set/many/${i}.tar`).sort();
    expect(await listBucket("s3://set/many/*.tar")).toEqual(names);
    expect((await findPairs("s3://set/many/")).shards).toEqual(names);
    expect(await listBucket("s3://set/*/ü*.tar")).toEqual([`s3://set/${ODD}`]);
  });

  test("files of any name are read", async () => {
    enter(keys);
    const name = `s3://set/${ODD}`;
    expect((await buffer(RemoteFiles.at([name]).open(name))).equals(FILE)).toBe(true);
  });

  test("other keys are refused", async () => {
    enter({ ...keys, secretAccessKey: "another" });
    await expect(listBucket("s3://set/many/*.tar")).rejects.toMatchObject({
      code: "shard-refused",
      message: expect.stringContaining("SignatureDoesNotMatch"),
    });
  });
});
