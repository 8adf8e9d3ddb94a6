import { expect, test } from "vitest";
import type { OnFault } from "../../../harness/formats/web-pair.js";
import { createRandom } from "../../../harness/random.js";
import { ShardStream } from "../../../harness/training/shard-stream.js";

/** Shard "3" has the items 30 … 37; shard "x" has a fault between its items. */
async function* read(shard: string, onFault: OnFault): AsyncGenerator<string> {
  for (let i = 0; i < 8; i++) {
    if (shard === "x" && i === 4) onFault(shard, "bad");
    yield `${shard}${i}`;
  }
}

const faults: string[] = [];
const options = {
  shards: ["1", "2", "3", "x"],
  read,
  random: createRandom(5),
  bufferSize: 6,
  onFault: (where: string) => void faults.push(where),
};

async function draw(stream: ShardStream<string>, count: number): Promise<string[]> {
  const drawn: string[] = [];
  for (let i = 0; i < count; i++) drawn.push(await stream.next());
  return drawn;
}

test("a pass has every example once, and each pass an order of its own", async () => {
  const drawn = await draw(await ShardStream.open(options), 64);
  const [first, second] = [drawn.slice(0, 32), drawn.slice(32)];
  expect(new Set(first).size).toBe(32);
  expect(new Set(second)).toEqual(new Set(first));
  expect(second).not.toEqual(first);
  expect(first).not.toEqual([...first].sort());
});

test("goes on from any position as if it had never stopped, and tells no fault twice", async () => {
  const whole = await ShardStream.open(options);
  const all = await draw(whole, 80);
  for (const stop of [0, 1, 31, 32, 33, 63, 70]) {
    const begun = await ShardStream.open(options);
    await draw(begun, stop);
    const position = begun.position;
    await begun.close();
    const resumed = await ShardStream.open(options, position);
    expect(await draw(resumed, 80 - stop)).toEqual(all.slice(stop));
    expect(resumed.position).toEqual(whole.position);
  }
  faults.length = 0;
  const stream = await ShardStream.open(options, { epoch: 0, drawn: 32 });
  expect(faults).toEqual([]);
  await draw(stream, 32);
  expect(faults).toEqual(["x"]);
});

test("a place that is not there any more is an error, not looked for again and again", async () => {
  const position = { epoch: 1, drawn: 20 };
  await expect(ShardStream.open({ ...options, shards: ["1", "2"] }, position)).rejects.toMatchObject({
    code: "changed-data",
    message:
      "One of 1, 2 has changed since the training was begun: a pass had at least 20 examples, and now has 16. Put the data back as " +
      "they were, or choose another folder.",
  });
  const empty = { ...options, read: async function* () {} as typeof read };
  await expect(ShardStream.open(empty, position)).rejects.toMatchObject({ code: "no-examples" });
});

test("a signal ends the way to a place, and closes what is read", async () => {
  const controller = new AbortController();
  const closed: string[] = [];
  async function* endless(shard: string): AsyncGenerator<string> {
    try {
      for (let i = 0; ; i++) {
        if (i === 100) controller.abort();
        yield `${shard}${i}`;
      }
    } finally {
      closed.push(shard);
    }
  }
  const opening = ShardStream.open(
    { ...options, shards: ["1"], read: endless, signal: controller.signal },
    { epoch: 0, drawn: 10_000 },
  );
  await expect(opening).rejects.toMatchObject({ name: "AbortError" });
  expect(closed).toEqual(["1"]);
});

test("no examples at all", async () => {
  const stream = await ShardStream.open({ ...options, read: async function* () {} as typeof read });
  await expect(stream.next()).rejects.toMatchObject({
    code: "no-examples",
    message: "There are no examples in 1, 2, 3 and 1 more. Check that these are the right files, and whole.",
  });
});
