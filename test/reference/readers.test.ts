import { existsSync, readdirSync, readFileSync } from "node:fs";
import { cp, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { openStoredWeights, WEIGHT_FILES } from "../../harness/checkpoints/open-stored-weights.js";
import { openSafetensors } from "../../harness/checkpoints/safetensors.js";
import { isStoredType } from "../../harness/checkpoints/storage-types.js";
import type { StoredPlace } from "../../harness/checkpoints/stored-weights.js";
import { hasShared, sharedFolder } from "../shared.js";

const models = join(sharedFolder, "reference", "models");

interface Readers {
  readonly good: readonly { readonly file: string; readonly expected: string }[];
  readonly evil: readonly { readonly file: string; readonly why: string }[];
}

const { good, evil }: Readers = hasShared
  ? (JSON.parse(readFileSync(join(models, "readers", "readers.json"), "utf8")) as Readers)
  : { good: [], evil: [] };

/** What may be refused by name. */
const REFUSED = new Map([["good/deflated.bin", /"archive\/byteorder" is compressed/]]);

/** How an evil file's error must read, where the word that names it is not in what readers.json says. */
const REASONS: Readonly<Record<string, RegExp>> = {
  "bad-memo.bin": /entry 5 of its memo/,
  "big-endian.bin": /not little-endian/,
  "dotted-global.bin": /torch\.os\.system/,
  "empty.bin": /empty/,
  "eval.bin": /__builtin__\.eval/,
  "giant-string.bin": /2147483647 more bytes/,
  "global-never-called.bin": /os\.system/,
  "header-cut.safetensors": /claim a header of 63 bytes/,
  "header-too-long.safetensors": /claim a header/,
  "html-page.bin": /web page/,
  "huge-size.bin": /1\.2\d+e\+24 numbers/,
  "inst-opcode.bin": /os\.system/,
  "legacy-os-system.bin": /posix\.system/,
  "lfs-pointer.bin": /Git LFS pointer/,
  "model.safetensors.index.json": /secret\.safetensors|00001-of-00002.*not there|"v" is not in/,
  "negative-shape.safetensors": /"w\.shape\.0"/,
  "negative-size.bin": /shape \[-5\]/,
  "negative-stride.bin": /strides \[-1\]/,
  "no-stop.bin": /cut off/,
  "not-a-state-dict.bin": /not a state_dict/,
  "not-json.safetensors": /not a JSON table/,
  "offset-out-of-bounds.bin": /"w".* ends at 13 of the 10/,
  "os-system.bin": /posix\.system/,
  "out-of-bounds.safetensors": /"w" ends at byte 80 of 40/,
  "overlap.safetensors": /overlaps/,
  "rebuild-of-evil-class.bin": /subprocess\.Popen/,
  "shape-mismatch.safetensors": /36 bytes, but lies at 0–40/,
  "size-out-of-bounds.bin": /ends at 16 of the 10/,
  "stack-underflow.bin": /empty stack/,
  "storage-missing.bin": /storage "7"/,
  "storage-shorter-than-declared.bin": /100 × F32 and has 40 bytes/,
  "stride-out-of-bounds.bin": /ends at 12 of the 10/,
  "truncated-legacy.bin": /cut off/,
  "truncated.bin": /cut off/,
  "truncated.safetensors": /cut off/,
  "two-pickles.bin": /2 files data\.pkl/,
  "unknown-dtype.safetensors": /F8_E9M9/,
  "unknown-storage.bin": /torch\.ComplexFloatStorage/,
  "zip-bomb.bin": /is compressed/,
};

/** A folder with this file as its weights, alone. */
async function folderOf(file: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "simvlm-"));
  const path = join(models, "readers", file);
  if (file.endsWith(".index.json")) await cp(dirname(path), folder, { recursive: true });
  else await cp(path, join(folder, file.endsWith(".bin") ? "pytorch_model.bin" : "model.safetensors"));
  return folder;
}

const bytesAt = ({ path, offset, length }: StoredPlace) => readFileSync(path).subarray(offset, offset + length);

describe.skipIf(!hasShared)("the readers", () => {
  test.each(good.map(({ file, expected }) => [file, expected] as const))("read %s", async (file, expected) => {
    const refused = REFUSED.get(file);
    const opening = openStoredWeights(await folderOf(file));
    if (refused) return expect(opening).rejects.toThrow(refused);
    const [stored, wanted] = [await opening, await openSafetensors(join(models, "readers", expected))];
    expect([...stored.tensors.keys()].sort()).toEqual([...wanted.tensors.keys()].sort());
    let placed = 0;
    for (const [name, { shape, dtype }] of wanted.tensors) {
      expect(stored.tensors.get(name)).toEqual({ shape, dtype });
      if (isStoredType(dtype)) {
        const [found, right] = [await stored.read(name), await wanted.read(name)];
        expect(new Uint32Array(found.data.buffer)).toEqual(new Uint32Array(right.data.buffer));
      } else await expect(stored.read(name)).rejects.toThrow(`stored as ${dtype}`);
      const place = stored.place(name);
      if (place) expect(bytesAt(place).equals(bytesAt(wanted.place(name)!))).toBe(true);
      placed += place ? 1 : 0;
    }
    expect(placed).toBeGreaterThan(wanted.tensors.size / 2);
    await Promise.all([stored.close(), wanted.close()]);
    return undefined;
  });

  test.each(evil.map(({ file, why }) => [file, why] as const))("refuse %s: %s", async (file) => {
    const folder = await folderOf(file);
    const before = readdirSync(folder);
    if (file === "evil/proto-key.safetensors") {
      const stored = await openStoredWeights(folder); // it is a name like any other
      expect([...stored.tensors.keys()]).toEqual(["__proto__"]);
      await stored.close();
      expect(Object.keys(Object.prototype)).toEqual([]);
      return;
    }
    const error: unknown = await openStoredWeights(folder).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "SimvlmError", code: expect.stringMatching(/^(?:bad-|lfs-|unsafe-)/) });
    const reason = REASONS[file.split("/").at(-1)!];
    if (reason) expect((error as Error).message).toMatch(reason);
    expect(readdirSync(folder)).toEqual(before);
    expect(existsSync("PWNED")).toBe(false);
  });

  const checkpoints = hasShared ? readdirSync(join(models, "checkpoints")) : [];
  test.each(checkpoints.map((name) => [name]))("open the checkpoint %s", async (name) => {
    const folder = join(models, "checkpoints", name);
    const stored = await openStoredWeights(folder);
    expect(WEIGHT_FILES.map((file) => join(folder, file))).toContain(stored.source);
    const types = new Set([...stored.tensors.values()].map(({ dtype }) => dtype));
    for (const [tensor, { shape, dtype }] of stored.tensors) {
      if (isStoredType(dtype)) expect((await stored.read(tensor)).shape).toEqual(shape);
    }
    expect([...types].some(isStoredType)).toBe(true);
    await stored.close();
  });
});
