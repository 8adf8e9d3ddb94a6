import { mkdir, mkdtemp, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { resolveModelFolder } from "../../../harness/checkpoints/model-folder.js";

const OLD = "a".repeat(40);
const NEW = "b".repeat(40);

let root = "";
let cache = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "simvlm-"));
  cache = join(root, "hub");
});

const resolve = (name: string, env: Record<string, string> = { HF_HUB_CACHE: cache }) => resolveModelFolder(name, env);

/** A model in a cache as the client leaves it: links into `blobs`. */
async function addModel(
  snapshots: Record<string, readonly string[]>,
  { refs = {}, hub = cache, repository = "org--name" }: { refs?: object; hub?: string; repository?: string } = {},
): Promise<string> {
  const folder = join(hub, `models--${repository}`);
  await mkdir(join(folder, "blobs"), { recursive: true });
  await writeFile(join(folder, "blobs", "content"), "{}");
  for (const [index, [commit, files]] of Object.entries(snapshots).entries()) {
    const snapshot = join(folder, "snapshots", commit);
    await mkdir(snapshot, { recursive: true });
    for (const name of files) await symlink("../../blobs/content", join(snapshot, name));
    await utimes(snapshot, 1000 + index, 1000 + index);
  }
  for (const [reference, commit] of Object.entries(refs)) {
    await mkdir(join(folder, "refs", reference, ".."), { recursive: true });
    await writeFile(join(folder, "refs", reference), `${commit}`);
  }
  return folder;
}

const WHOLE = ["config.json", "model.safetensors"];

test("a folder with a config is itself, even where the cache has a model of that name", async () => {
  await addModel({ [OLD]: WHOLE }, { refs: { main: OLD } });
  const folder = join(root, "mine");
  await mkdir(folder);
  await writeFile(join(folder, "config.json"), "{}");
  expect(await resolve(folder)).toBe(folder);
});

describe("a model of the cache", () => {
  test("is the snapshot that main names, by its name or by its folder", async () => {
    const folder = await addModel({ [OLD]: WHOLE, [NEW]: WHOLE }, { refs: { main: OLD } });
    expect(await resolve("org/name")).toBe(join(folder, "snapshots", OLD));
    expect(await resolve(folder)).toBe(join(folder, "snapshots", OLD));
  });

  test("may have a name without an organisation", async () => {
    const folder = await addModel({ [OLD]: WHOLE }, { refs: { main: OLD }, repository: "gpt2" });
    expect(await resolve("gpt2")).toBe(join(folder, "snapshots", OLD));
  });

  test("is the newest complete snapshot where main says nothing, or names one without weights", async () => {
    const folder = await addModel({ [OLD]: WHOLE, [NEW]: WHOLE, ["c".repeat(40)]: ["config.json"] });
    expect(await resolve("org/name")).toBe(join(folder, "snapshots", NEW));
    await addModel({}, { refs: { main: "c".repeat(40) } });
    expect(await resolve("org/name")).toBe(join(folder, "snapshots", NEW));
    await addModel({}, { refs: { main: "d".repeat(40) } });
    expect(await resolve("org/name")).toBe(join(folder, "snapshots", NEW));
    await addModel({}, { refs: { main: `../../../../${OLD}` } });
    expect(await resolve("org/name")).toBe(join(folder, "snapshots", NEW));
  });

  test("is a revision by its branch, its request or its hash, and no other", async () => {
    const refs = { main: NEW, v1: OLD, "refs/pr/1": OLD };
    const folder = await addModel({ [OLD]: WHOLE, [NEW]: WHOLE }, { refs });
    for (const revision of ["v1", "refs/pr/1", OLD]) {
      expect(await resolve(`org/name@${revision}`)).toBe(join(folder, "snapshots", OLD));
    }
    await expect(resolve("org/name@v2")).rejects.toMatchObject({
      code: "no-checkpoint",
      message: expect.stringContaining("hf download org/name --revision v2"),
    });
  });

  test("without a snapshot is told to be downloaded", async () => {
    await addModel({ [OLD]: ["model.safetensors"] });
    await expect(resolve("org/name")).rejects.toMatchObject({
      code: "no-checkpoint",
      message: expect.stringMatching(/no complete snapshot.*hf download org\/name$/),
    });
  });

  test("is found by the client's variables, in its order", async () => {
    const places = {
      HF_HUB_CACHE: join(root, "1"),
      HUGGINGFACE_HUB_CACHE: join(root, "2"),
      HF_HOME: join(root, "3"),
      XDG_CACHE_HOME: join(root, "4"),
      HOME: join(root, "5"),
    };
    const hubs = [
      places.HF_HUB_CACHE,
      places.HUGGINGFACE_HUB_CACHE,
      join(places.HF_HOME, "hub"),
      join(places.XDG_CACHE_HOME, "huggingface", "hub"),
      join(places.HOME, ".cache", "huggingface", "hub"),
    ];
    const names = Object.keys(places);
    for (const hub of hubs) await addModel({ [OLD]: WHOLE }, { refs: { main: OLD }, hub });
    for (const [index, hub] of hubs.entries()) {
      const env = Object.fromEntries(Object.entries(places).filter(([name]) => names.indexOf(name) >= index));
      expect(await resolve("org/name", env)).toBe(join(hub, "models--org--name", "snapshots", OLD));
    }
    const expanded = { HF_HOME: "~/of/$WHOM", HOME: root, WHOM: "me", HF_HUB_CACHE: "" };
    const folder = await addModel({ [OLD]: WHOLE }, { refs: { main: OLD }, hub: join(root, "of", "me", "hub") });
    expect(await resolve("org/name", expanded)).toBe(join(folder, "snapshots", OLD));
  });
});

describe("what is not there", () => {
  test("is told with where it was looked for", async () => {
    await expect(resolve("org/name")).rejects.toMatchObject({
      code: "no-checkpoint",
      message: expect.stringMatching(new RegExp(`the cache ${cache}.*hf download org/name$`)),
    });
  });

  test.each([
    "../name",
    "org/../name",
    "org/name/more",
    "org--x/name",
    "/etc",
    "org/..",
    ".",
    "org/name@../../main",
    "a b",
  ])("%j does not lead anywhere else", async (name) => {
    await addModel({ [OLD]: WHOLE }, { refs: { main: OLD }, repository: "org--x--name" });
    const found = await resolve(name).catch((error: { code: string }) => error.code);
    expect([name, "no-checkpoint"]).toContain(found); // a folder is what it is
  });

  test("a file is none, and a folder without a config is for whoever reads it", async () => {
    const file = join(root, "file.bin");
    await writeFile(file, "");
    await expect(resolve(file)).rejects.toThrow(/is a file and no checkpoint/);
    expect(await resolve(root)).toBe(root);
  });
});
