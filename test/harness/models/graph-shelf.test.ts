import { expect, test } from "vitest";
import { createGraphShelf, shelfCapacity } from "../../../harness/models/graph-shelf.js";

/** Makes graphs that note when they are made and let go. */
function noting() {
  const notes: string[] = [];
  const make = (name: string) => async () => {
    notes.push(`+${name}`);
    return {
      name,
      dispose: async () => {
        notes.push(`-${name}`);
      },
    };
  };
  const shelf = createGraphShelf<{ name: string; dispose(): Promise<void> }>(2);
  return { notes, take: (name: string) => shelf.take(name, make(name)) };
}

test("those used last are kept, and the oldest goes before another is made", async () => {
  const { notes, take } = noting();
  for (const name of ["a", "b", "a", "c", "a", "b"]) (await take(name)).giveBack();
  expect(notes).toEqual(["+a", "+b", "-b", "+c", "-c", "+b"]);
});

test("a graph in use is let go when the last of its users has given it back", async () => {
  const { notes, take } = noting();
  const [one, two] = await Promise.all([take("a"), take("a")]);
  expect(one.graph).toBe(two.graph);
  for (const name of ["b", "c"]) (await take(name)).giveBack();
  one.giveBack();
  expect(notes).toEqual(["+a", "+b", "+c"]);
  two.giveBack();
  await new Promise(setImmediate);
  expect(notes).toEqual(["+a", "+b", "+c", "-a"]);
});

test("what could not be made is tried again", async () => {
  const shelf = createGraphShelf<{ dispose(): Promise<void> }>(1);
  await expect(shelf.take("a", () => Promise.reject(new Error("no memory")))).rejects.toThrow("no memory");
  const { graph } = await shelf.take("a", async () => ({ dispose: async () => undefined }));
  expect(graph).toBeDefined();
});

test("there is always room for one, and for many small ones", () => {
  expect(shelfCapacity(2 ** 32)).toBe(1);
  expect(shelfCapacity(2 ** 27)).toBe(4);
});
