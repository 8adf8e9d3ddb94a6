import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { draftOf } from "../../../harness/files/drafts.js";
import { isHeld, takeLock } from "../../../harness/files/lock.js";
import { project, Scratch } from "../cli/run-cli.js";

const lockable = (folder: string) => ({ folder, name: "run", kind: "run", place: folder }) as const;

test("one at a time, in one process as well; what is given free can be taken again", async () => {
  const { path } = new Scratch();
  const { release } = await takeLock(lockable(path));
  const [name] = readdirSync(path);
  expect(readFileSync(join(path, name!), "utf8")).toMatch(
    new RegExp(
      `^process ${process.pid} on ${hostname()}, boot [0-9a-f]+, since [-0-9T:.]+Z, written again every 30 s\n$`,
    ),
  );
  await expect(takeLock(lockable(path))).rejects.toMatchObject({
    code: "run-in-use",
    message: expect.stringContaining(`process ${process.pid} on ${hostname()}`),
  });
  const other = await takeLock({ ...lockable(path), name: "other" });
  await other.release();
  await release();
  expect(readdirSync(path)).toEqual([]);
  await (await takeLock(lockable(path))).release();
});

test("of many that come at the same moment one goes on, whatever was left there", async () => {
  const scratch = new Scratch();
  for (let round = 0; round < 10; round++) {
    scratch.write(`.run.lock-99999999${round}`, "");
    const taken = await Promise.allSettled(Array.from({ length: 12 }, () => takeLock(lockable(scratch.path))));
    const held = taken.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    expect(held).toHaveLength(1);
    expect(scratch.list()).toHaveLength(1);
    await held[0]!.release();
  }
});

test("processes that find the lock of a dead one at the same time: one goes on, the others are refused", async () => {
  const scratch = new Scratch();
  scratch.write(".lock", `999999999 ${hostname()}`);
  const script = `
    const { takeLock } = await import(${JSON.stringify(join(project, "harness/dist/files/lock.js"))});
    process.stdout.write("ready");
    process.stdin.once("data", async () => {
      const folder = ${JSON.stringify(scratch.path)};
      const said = await takeLock({ folder, name: "run", kind: "run", place: folder }).then(() => "taken", (e) => e.code);
      console.log(said);
    });
    process.stdin.once("end", () => process.exit());`;
  const children = Array.from({ length: 4 }, () => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", script]);
    child.stdout.setEncoding("utf8");
    return child;
  });
  await Promise.all(children.map((child) => once(child.stdout, "data")));
  for (const child of children) child.stdin.write("go");
  const said = await Promise.all(children.map(async (child) => String((await once(child.stdout, "data"))[0]).trim()));
  for (const child of children) child.stdin.end();
  await Promise.all(children.map((child) => once(child, "exit")));
  expect(said.sort()).toEqual(["run-in-use", "run-in-use", "run-in-use", "taken"]);
});

test("an earlier version's lock is respected, unless it names a process of this machine that is gone", async () => {
  const scratch = new Scratch();
  for (const held of ["", `${process.ppid} ${hostname()}`, "999999999 elsewhere"]) {
    const path = scratch.write(".lock", held);
    await expect(takeLock(lockable(scratch.path))).rejects.toMatchObject({
      code: "run-in-use",
      message: expect.stringContaining(`remove ${path}`),
    });
    rmSync(path);
  }
  scratch.write(".lock", `999999999 ${hostname()}`);
  await (await takeLock(lockable(scratch.path))).release();
  expect(scratch.list()).toEqual([]);
});

describe("the lock of another machine", () => {
  const ELSEWHERE = ".run.lock-77-1234-0a1b2c3d-abcdef-123456";
  const TEXT = "process 77 on node-9, boot 0a1b2c3d, since 2026-01-01T00:00:00.000Z, written again every 30 s\n";
  /** A lock that was last written so long ago, in minutes. */
  function writeLock(scratch: Scratch, minutes: number, text = TEXT): string {
    const path = scratch.write(ELSEWHERE, text);
    const then = Date.now() / 1000 - 60 * minutes;
    utimesSync(path, then, then);
    return path;
  }

  test("counts while it is written again and again", async () => {
    const scratch = new Scratch();
    writeLock(scratch, 8);
    await expect(takeLock(lockable(scratch.path))).rejects.toMatchObject({
      code: "run-in-use",
      message: expect.stringContaining("process 77 on node-9, boot 0a1b2c3d, since 2026-01-01"),
    });
    expect(await isHeld(scratch.path)).toBe(true);
    expect(scratch.list()).toEqual([ELSEWHERE]);
  });

  test("counts for nothing once it has not been for long", async () => {
    const scratch = new Scratch();
    writeLock(scratch, 11);
    expect(await isHeld(scratch.path)).toBe(false);
    await (await takeLock(lockable(scratch.path))).release();
    expect(scratch.list()).toEqual([]);
  });

  test("counts for ever where a version wrote it that does not write it again", async () => {
    const scratch = new Scratch();
    writeLock(scratch, 1e6, "process 77 on node-9, boot 0a1b2c3d\n");
    await expect(takeLock(lockable(scratch.path))).rejects.toMatchObject({ code: "run-in-use" });
  });
});

describe("whoever holds a lock", () => {
  afterEach(() => void vi.useRealTimers());

  test("writes it again, and finds out when it was taken away", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const scratch = new Scratch();
    const lock = await takeLock(lockable(scratch.path));
    const path = scratch.at(scratch.list()[0]!);
    utimesSync(path, 1, 1);
    vi.advanceTimersByTime(31_000);
    await vi.waitFor(() => expect(statSync(path).mtimeMs).toBeGreaterThan(1000));
    lock.requireHeld();
    rmSync(path);
    vi.advanceTimersByTime(31_000);
    await vi.waitFor(() => expect(() => lock.requireHeld()).toThrow("another process's now"));
    expect(scratch.list()).toEqual([]);
    await lock.release();
  });
});

test("an empty lock holds, as its name says who has it", async () => {
  const scratch = new Scratch();
  scratch.write(draftOf("run", "lock"), "");
  await expect(takeLock(lockable(scratch.path))).rejects.toMatchObject({ code: "run-in-use" });
  expect(scratch.list()).toHaveLength(1);
});

test("a folder that is not there is an error with a code", async () => {
  await expect(takeLock(lockable(new Scratch().at("nowhere")))).rejects.toMatchObject({ code: "cannot-write" });
});
