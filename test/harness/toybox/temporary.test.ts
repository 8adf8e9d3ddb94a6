import { existsSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { readText } from "../../../harness/files/text.js";
import { drawToybox } from "../../../harness/toybox/temporary.js";

test("each has a folder of its own, with the bytes of its seed", async () => {
  const wanted = { seed: 5, only: ["snli-ve"], splits: ["test"], limit: 2 } as const;
  const folders = [await drawToybox(wanted), await drawToybox(wanted)] as const;
  try {
    expect(folders[0]).not.toBe(folders[1]);
    const [one, two] = await Promise.all(folders.map((folder) => readText(join(folder, "snli-ve/test.jsonl"))));
    expect(one).toBe(two);
    expect(one!.trim().split("\n").length).toBeGreaterThan(2);
    const recipe = JSON.parse(readFileSync(join(folders[0], "toybox.json"), "utf8"));
    expect(recipe).toMatchObject({ seed: 5, noise: 0.3, scale: "full", limit: 2 });
    expect(existsSync(join(folders[0], "captions"))).toBe(false);
  } finally {
    for (const folder of folders) await rm(dirname(folder), { recursive: true });
  }
});
