import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ShardVersions } from "../../../harness/training/shard-versions.js";
import { Scratch } from "../cli/run-cli.js";

test.each([
  [{ length: 3 }, { length: 4 }, "a.tar has changed since the training was begun: it had 3 bytes, and now has 4."],
  [{ validator: '"x"' }, { validator: '"y"' }, "a.tar has changed since the training was begun: its server says"],
  [{ validator: "Mon, 1 Jan 2024" }, { validator: "Tue, 2 Jan 2024" }, "its server says that it is another version."],
])("%j and %j are two versions", (before, now, message) => {
  const versions = new ShardVersions(["a.tar"]);
  versions.see("a.tar", before);
  expect(() => versions.see("a.tar", now)).toThrow(message);
  expect(versions.known).toEqual([before]);
});

test.each([
  ['{"validator":"\\"x\\""}', { validator: '"x"', length: 3 }],
  ['{"length":3}', { validator: '"x"' }],
  ['{"validator":"W/\\"x\\"","length":3}', { validator: '"x"', length: 3 }],
  ['{"validator":"Mon, 1 Jan 2024"}', { validator: '"x"' }],
  ['{"validator":"\\"x\\"","length":3}', {}],
  ["null", { length: 3 }],
])("%s may be the same as %j, what is not said tells nothing", (before, now) => {
  const versions = new ShardVersions(["a.tar"], [JSON.parse(before)]);
  expect(() => versions.see("a.tar", now)).not.toThrow();
});

test("shards are known by their numbers, and those of earlier versions not at all", async () => {
  const scratch = new Scratch();
  const [one, two] = [scratch.write("1.tar", "123"), scratch.write("2.tar", "12345")];
  const begun = new ShardVersions([one, two]);
  await begun.look(two);
  const kept = JSON.parse(JSON.stringify(begun.known)) as typeof begun.known;
  expect(kept).toEqual([null, { length: 5 }]);
  writeFileSync(one, "1234");
  writeFileSync(two, "1234");
  await new ShardVersions([one, two]).look(two);
  const continued = new ShardVersions([one, two], kept);
  await continued.look(one);
  await expect(continued.look(two)).rejects.toMatchObject({
    code: "changed-data",
    message: expect.stringContaining("2.tar has changed since the training was begun: it had 5 bytes, and now has 4."),
  });
});
