/*
 * Loaded before a command with `node --import`, this kills it with SIGKILL at its n-th operation that changes the file
 * system below a folder. The environment says when:
 *   KILL_BELOW   the folder
 *   KILL_AT      the number of the operation, from 1; without it the command runs to its end
 *   KILL_TORN    "1": in the middle of the operation, as far as it has one; otherwise before it
 *   KILL_FULL    "1": the command lives on, and from that operation on the disk is full
 *   KILL_LIST    a file for the names of the operations, one a line, written at the end
 * The calendar stands still, so that what two processes write can be compared byte for byte.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { basename, dirname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import "../../still-calendar.mjs";

const { KILL_BELOW, KILL_AT, KILL_TORN, KILL_FULL, KILL_LIST } = process.env;
const below = resolve(KILL_BELOW ?? "/nowhere");
const original = { ...fs };
const operations = [];

/** What each operation does to its arguments: where it writes, and what half of it is. */
const OPERATIONS = {
  mkdir: { torn: ([path, options]) => options?.recursive && makeHighest(pathOf(path)) },
  rm: { torn: ([path]) => removeFirst(pathOf(path)) },
  writeFile: { torn: ([path, data, options]) => writeHalf(pathOf(path), data, options?.flag ?? "w") },
  appendFile: { torn: ([path, data]) => writeHalf(pathOf(path), data, "a") },
  write: { torn: ([fd, data, offset, length]) => appendHalf(fd, slice(data, offset, length)) },
  writev: { torn: ([fd, buffers]) => appendHalf(fd, Buffer.concat(buffers)) },
  open: { counts: ([, flags = "r"]) => (typeof flags === "number" ? (flags & 3) !== 0 : /[wa+]/.test(flags)) },
  createWriteStream: { counts: () => false },
};
for (const name of ["rename", "rmdir", "unlink", "link", "symlink", "copyFile", "truncate", "ftruncate", "chmod"]) {
  OPERATIONS[name] = {};
}
for (const name of ["mkdtemp", "lchown", "chown", "utimes", "cp"]) OPERATIONS[name] = {};

/** What needs room. */
const FILLING = new Set(["mkdir", "mkdtemp", "open", "writeFile", "appendFile", "write", "writev", "copyFile", "cp"]);

for (const [name, { counts = () => true, torn }] of Object.entries(OPERATIONS)) {
  const watch = (args) => {
    const paths = [args[0], args[1]].map(pathOf).filter((path) => path !== undefined);
    return counts(args) && paths.some(isBelow) ? step(name, torn && (() => torn(args))) : undefined;
  };
  for (const [holder, key] of [
    [fs, name],
    [fs, `${name}Sync`],
    [fs.promises, name],
  ]) {
    const call = holder[key];
    if (typeof call !== "function") continue;
    holder[key] = function (...args) {
      const refusal = watch(args);
      if (refusal === undefined) return call.apply(this, args);
      if (holder === fs.promises) return Promise.reject(refusal);
      if (typeof args.at(-1) !== "function") throw refusal;
      process.nextTick(args.at(-1), refusal);
    };
  }
}
// The methods of a file handle do not go through any of these.
const probe = await fs.promises.open(fileURLToPath(import.meta.url));
const handles = Object.getPrototypeOf(probe);
await probe.close();
for (const name of ["write", "writev", "writeFile", "appendFile", "truncate"]) {
  const call = handles[name];
  handles[name] = function (...args) {
    const [data, offset, length] = args;
    const half = () => appendHalf(this.fd, Array.isArray(data) ? Buffer.concat(data) : slice(data, offset, length));
    const refusal = isBelow(pathOf(this.fd)) ? step(name, name === "truncate" ? undefined : half) : undefined;
    return refusal === undefined ? call.apply(this, args) : Promise.reject(refusal);
  };
}
syncBuiltinESMExports();

process.on("exit", () => {
  if (KILL_LIST) original.writeFileSync(KILL_LIST, operations.map((name) => `${name}\n`).join(""));
});

/** @returns the error of a full disk */
function step(name, torn) {
  operations.push(torn ? `${name} torn` : name);
  if (KILL_FULL === "1") {
    if (operations.length < Number(KILL_AT) || !FILLING.has(name)) return undefined;
    return Object.assign(new Error(`ENOSPC: no space left on device, ${name}`), { code: "ENOSPC", syscall: name });
  }
  if (operations.length !== Number(KILL_AT)) return undefined;
  if (KILL_TORN === "1") torn?.();
  process.kill(process.pid, "SIGKILL");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

function pathOf(value) {
  if (typeof value === "string") return resolve(value);
  if (value instanceof URL) return fileURLToPath(value);
  if (Buffer.isBuffer(value)) return undefined;
  if (typeof value !== "number") return undefined;
  try {
    return original.readlinkSync(`/proc/self/fd/${value}`);
  } catch {
    return undefined;
  }
}

function isBelow(path) {
  return path !== undefined && (path === below || path.startsWith(below + sep));
}

function slice(data, offset = 0, length = undefined) {
  if (typeof data === "string") return Buffer.from(data);
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const start = typeof offset === "number" ? offset : 0;
  return bytes.subarray(start, length === undefined ? undefined : start + length);
}

function appendHalf(fd, bytes) {
  original.writeSync(fd, bytes.subarray(0, bytes.length >> 1));
}

function writeHalf(path, data, flag) {
  const fd = original.openSync(path, flag);
  appendHalf(fd, slice(data));
}

function makeHighest(path) {
  if (original.existsSync(path)) return;
  if (original.existsSync(dirname(path))) original.mkdirSync(path);
  else makeHighest(dirname(path));
}

function removeFirst(path) {
  const [first] = original.existsSync(path) && original.statSync(path).isDirectory() ? original.readdirSync(path) : [];
  if (first === undefined) return;
  original.rmSync(join(path, basename(first)), { recursive: true });
}
