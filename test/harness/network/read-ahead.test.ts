import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { HeldUp, ReadAhead } from "../../../harness/network/read-ahead.js";
import { parseRemoteAddress } from "../../../harness/network/remote-address.js";
import { RemoteReader } from "../../../harness/network/remote-stream.js";
import { serveObjects } from "./object-server.js";

/** Numbers of four bytes each, none of which stands twice. */
function numbered(bytes: number): Buffer {
  return Buffer.from(Uint32Array.from({ length: bytes / 4 }, (_, i) => i).buffer);
}

const never = new AbortController().signal;

test("a server that closes its connection before its answer is taken does not end the process", async () => {
  const file = numbered(2 ** 23);
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-length": file.length, connection: "close" }).end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const address = parseRemoteAddress(`http://127.0.0.1:${(server.address() as AddressInfo).port}/a.tar`);
    const { bytes } = await new RemoteReader().open(address, never);
    await pause(300);
    expect(file.equals(await buffer(bytes))).toBe(true);
  } finally {
    server.close();
  }
});

test("what nobody takes is given up when there is too much of it, and asked for again from there", async () => {
  const server = await serveObjects();
  const file = numbered(48 * 2 ** 20);
  server.files.set("/a.tar", file);
  try {
    const { bytes } = await new RemoteReader({ retries: 0 }).open(parseRemoteAddress(`${server.url}/a.tar`), never);
    await pause(1000);
    expect(file.equals(await buffer(bytes))).toBe(true);
    const [first, second, ...others] = server.requests.map(({ range }) => range);
    expect([first, others]).toEqual([undefined, []]);
    expect(Number(/^bytes=(\d+)-$/.exec(second!)![1])).toBeGreaterThan(2 ** 25);
  } finally {
    server.close();
  }
});

test("what came stands before what ended it", async () => {
  const body = Readable.from([Buffer.from("ab"), Buffer.from("cd"), Buffer.from("ef")]);
  const ahead = new ReadAhead(body, 3);
  const taken: string[] = [];
  const take = async () => {
    for await (const chunk of ahead) taken.push(chunk.toString());
  };
  await pause(20);
  await expect(take()).rejects.toThrow(HeldUp);
  expect(taken).toEqual(["ab", "cd"]);
  expect(body.destroyed).toBe(true);
});
