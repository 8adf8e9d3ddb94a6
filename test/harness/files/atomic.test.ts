import { execFile, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { writeFileAtomic, writeFilesAtomic } from "../../../harness/files/atomic.js";
import { checkDestination, isSameFile } from "../../../harness/files/destination.js";
import { makeFolder } from "../../../harness/files/folders.js";
import { Scratch } from "../cli/run-cli.js";

const scratch = new Scratch();
const run = promisify(execFile);

/** A folder of a test's own. */
function folder(name: string): string {
  mkdirSync(scratch.at(name), { recursive: true });
  return scratch.at(name);
}

/** A name of our own for the machine's `/dev/full`: what replaces what it is given must not replace the device. */
function fullDevice(): string {
  const path = scratch.at("full");
  if (!existsSync(path)) symlinkSync("/dev/full", path);
  return path;
}

describe("a symbolic link", () => {
  test("stays, and the file that it leads to has the content", async () => {
    const at = folder("link");
    writeFileSync(join(at, "real"), "old");
    symlinkSync("real", join(at, "one"));
    symlinkSync(join(at, "one"), join(at, "two"));
    await writeFileAtomic(join(at, "two"), "new");
    expect([readlinkSync(join(at, "one")), readFileSync(join(at, "real"), "utf8")]).toEqual(["real", "new"]);
    expect(readdirSync(at).sort()).toEqual(["one", "real", "two"]);
  });

  test("to no file yet makes the file", async () => {
    const [at, elsewhere] = [folder("dangling"), folder("elsewhere")];
    symlinkSync("../elsewhere/made", join(at, "link"));
    await writeFileAtomic(join(at, "link"), "new");
    expect(lstatSync(join(at, "link")).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(elsewhere, "made"), "utf8")).toBe("new");
  });

  test("whose target goes upwards from a linked folder is followed as the system does", async () => {
    const at = folder("upwards");
    mkdirSync(join(at, "deep/inner"), { recursive: true });
    symlinkSync("deep/inner", join(at, "short"));
    symlinkSync("short/../made", join(at, "link"));
    await writeFileAtomic(join(at, "link"), "new");
    expect(readFileSync(join(at, "deep/made"), "utf8")).toBe("new");
  });

  test("that leads in a circle, to a folder or below a file is an error that makes nothing", async () => {
    const at = folder("circle");
    symlinkSync("b", join(at, "a"));
    symlinkSync("a", join(at, "b"));
    symlinkSync(".", join(at, "here"));
    writeFileSync(join(at, "file"), "old");
    symlinkSync("file/below", join(at, "below"));
    for (const name of ["a", "here", "below", "new/", "file/", "", "no/such/folder"]) {
      await expect(writeFileAtomic(`${at}/${name}`, "new")).rejects.toMatchObject({ code: "cannot-write" });
    }
    expect(readdirSync(at).sort()).toEqual(["a", "b", "below", "file", "here"]);
  });
});

describe("a file that is replaced", () => {
  test.each([0o600, 0o640, 0o644, 0o664, 0o755])("keeps its mode %o", async (mode) => {
    const path = scratch.write(`mode-${mode}`, "old");
    chmodSync(path, mode);
    await writeFileAtomic(path, "new");
    expect([statSync(path).mode & 0o7777, readFileSync(path, "utf8")]).toEqual([mode, "new"]);
  });

  test.skipIf(process.getuid?.() !== 0)("keeps its owner and group", async () => {
    const path = scratch.write("owner", "old");
    chownSync(path, 1234, 4321);
    await writeFileAtomic(path, "new");
    expect(statSync(path)).toMatchObject({ uid: 1234, gid: 4321 });
  });

  test.skipIf(process.getuid?.() !== 0)(
    "in a folder of others', or of others but writable, is written in place",
    () => {
      const at = folder("others");
      for (const above of [process.env.TMPDIR!, scratch.path]) chmodSync(above, 0o755);
      writeFileSync(join(at, "theirs"), "something long");
      chmodSync(join(at, "theirs"), 0o666);
      for (const [mode, name] of [
        [0o755, "file"],
        [0o777, "chown"],
      ] as const) {
        chmodSync(at, mode);
        const script = `process.setuid(65534);
        import(${JSON.stringify(join(process.cwd(), "harness/dist/files/atomic.js"))})
          .then(({ writeFileAtomic }) => writeFileAtomic(process.argv[1], ${JSON.stringify(name)}));`;
        const { status, stderr } = spawnSync(process.execPath, ["-e", script, join(at, "theirs")], {
          encoding: "utf8",
        });
        expect([status, stderr]).toEqual([0, ""]);
        expect(readFileSync(join(at, "theirs"), "utf8")).toBe(name);
        expect(statSync(join(at, "theirs"))).toMatchObject({ uid: 0 });
      }
      expect(readdirSync(at)).toEqual(["theirs"]);
    },
  );

  test("is left as it is when another of the same set cannot be written", async () => {
    const path = scratch.write("first", "old");
    const both = writeFilesAtomic([
      [path, "new"],
      [fullDevice(), "new"],
    ]);
    await expect(both).rejects.toMatchObject({ code: "cannot-write" });
    expect(readFileSync(path, "utf8")).toBe("old");
  });
});

describe("what is no file", () => {
  test("a named pipe passes the content on and stays one", async () => {
    const pipe = scratch.at("pipe");
    spawnSync("mkfifo", [pipe]);
    const content = "x".repeat(300_000);
    const [read] = await Promise.all([run("cat", [pipe], { maxBuffer: 1e6 }), writeFileAtomic(pipe, content)]);
    expect(read.stdout).toBe(content);
    expect(lstatSync(pipe).isFIFO()).toBe(true);
  });

  test("a named pipe whose reader has seen enough is no error", async () => {
    const pipe = scratch.at("short");
    spawnSync("mkfifo", [pipe]);
    await Promise.all([run("head", ["-c", "1", pipe]), writeFileAtomic(pipe, "x".repeat(3_000_000))]);
  });

  test.skipIf(process.getuid?.() !== 0)("a device of one's own stays a device", async () => {
    const device = scratch.at("null");
    if (spawnSync("mknod", [device, "c", "1", "3"]).status !== 0) return; // not in every container
    await writeFileAtomic(device, "new");
    expect(lstatSync(device).isCharacterDevice()).toBe(true);
  });

  test("a full device is an error, and stays", async () => {
    const full = fullDevice();
    await expect(writeFileAtomic(full, "new")).rejects.toThrow(
      expect.objectContaining({
        code: "cannot-write",
        message: expect.stringMatching(/full cannot be written: ENOSPC/),
      }),
    );
    expect(readlinkSync(full)).toBe("/dev/full");
  });

  test("an open file is added to by its descriptor's name", () => {
    const script = `import(${JSON.stringify(join(process.cwd(), "harness/dist/files/atomic.js"))})
      .then(({ writeFileAtomic }) => writeFileAtomic("/dev/fd/3", "new"));`;
    const out = scratch.write("opened", "old ");
    const shell = spawnSync("sh", ["-c", '"$0" -e "$1" 3>>"$2"', process.execPath, script, out], { encoding: "utf8" });
    expect([shell.stderr, readFileSync(out, "utf8")]).toEqual(["", "old new"]);
  });
});

test("what can be written is known beforehand, without writing", async () => {
  const file = scratch.write("plain", "old");
  for (const path of [file, scratch.at("new"), "/dev/null", fullDevice(), "/dev/stderr"]) await checkDestination(path);
  expect(existsSync(scratch.at("new"))).toBe(false);
  for (const path of [scratch.path, join(file, "below"), scratch.at("no/folder")]) {
    await expect(checkDestination(path)).rejects.toMatchObject({ code: "cannot-write" });
  }
});

test("two names of one file are known as such", async () => {
  const file = scratch.write("same", "old");
  symlinkSync("same", scratch.at("same-link"));
  linkSync(file, scratch.at("same-inode"));
  symlinkSync("not-there", scratch.at("to-none"));
  expect(await isSameFile(file, scratch.at("same-link"))).toBe(true);
  expect(await isSameFile(file, scratch.at("same-inode"))).toBe(true);
  expect(await isSameFile(scratch.at("not-there"), scratch.at("to-none"))).toBe(true);
  expect(await isSameFile(file, scratch.at("not-there"))).toBe(false);
});

describe("a folder", () => {
  test("is made with those that it lies in, by several at once too", async () => {
    const path = scratch.at("some/where/deep");
    await Promise.all([makeFolder(path), makeFolder(`${path}/er`), makeFolder(path)]);
    await makeFolder(path);
    expect(statSync(`${path}/er`).isDirectory()).toBe(true);
  });

  // Node's own recursive mkdir goes round in circles for ever in /proc.
  test.each(["/proc/none/below", "/sys/none/below", "FILE", "FILE/below/it", "LINK"])(
    "%s cannot be made",
    async (name) => {
      const path = name.replace("FILE", scratch.write("no-folder", "")).replace("LINK", scratch.at("nowhere"));
      if (name === "LINK") symlinkSync("not/there", path);
      await expect(makeFolder(path)).rejects.toMatchObject({ code: "cannot-write" });
    },
  );
});
