import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type GenerateOptions, generateToybox } from "../../../harness/toybox/generate.js";
import { readTree } from "./scenes.js";

const scratch = mkdtempSync(join(tmpdir(), "simvlm-toybox-"));
afterAll(() => rmSync(scratch, { recursive: true }));

describe("a Toybox is whole or not there", () => {
  const small: GenerateOptions = {
    seed: 5,
    scale: "small",
    only: ["nocaps", "multi30k"],
    splits: ["test"],
    limit: 3,
    noise: 0.3,
  };

  test("what was stopped is finished, and what was done stays", async () => {
    const target = join(scratch, "stopped");
    const stop = new Error("stopped");
    let drawn = 0;
    const stopAtFifth = () => () => {
      drawn++;
      if (drawn === 5) throw stop;
    };
    await expect(generateToybox(target, { ...small, onStart: stopAtFifth })).rejects.toBe(stop);
    expect(existsSync(target)).toBe(false);
    const done = join(`${target}.partial`, "nocaps/test.json");
    const { mtimeMs } = statSync(done);

    writeFileSync(join(`${target}.partial`, "multi30k", ".test.en.123.tmp"), "half a li");
    const steps: number[] = [];
    const onStart = (count: number) => {
      steps.push(count);
      return () => {};
    };
    await generateToybox(target, { ...small, onStart });
    expect(steps).toEqual([3]);
    expect(existsSync(`${target}.partial`)).toBe(false);
    expect(statSync(join(target, "nocaps/test.json")).mtimeMs).toBe(mtimeMs);
    const whole = join(scratch, "whole");
    await generateToybox(whole, small);
    expect(readTree(target)).toEqual(readTree(whole));
  });

  test("a folder with something in it is refused, an empty one taken", async () => {
    const target = join(scratch, "used");
    mkdirSync(target);
    writeFileSync(join(target, "mine.txt"), "mine");
    await expect(generateToybox(target, small)).rejects.toMatchObject({ code: "out-not-empty" });
    expect(readdirSync(target)).toEqual(["mine.txt"]);
    rmSync(join(target, "mine.txt"));
    await generateToybox(target, small);
    expect(existsSync(join(target, "nocaps/test.json"))).toBe(true);
  });

  test("an unfinished one with other options is refused", async () => {
    const target = join(scratch, "unfinished");
    const failing = {
      ...small,
      onStart: () => {
        throw new Error("stopped");
      },
    };
    await expect(generateToybox(target, failing)).rejects.toThrow("stopped");
    await expect(generateToybox(target, { ...small, seed: 77 })).rejects.toMatchObject({ code: "other-recipe" });
    await expect(generateToybox(target, { ...small, noise: 0.5 })).rejects.toMatchObject({ code: "other-recipe" });
    await generateToybox(target, small);
  });

  test("something else under the unfinished name is left alone", async () => {
    const target = join(scratch, "blocked");
    mkdirSync(`${target}.partial`);
    writeFileSync(join(`${target}.partial`, "mine.txt"), "mine");
    await expect(generateToybox(target, small)).rejects.toMatchObject({ code: "out-not-empty" });
    expect(readdirSync(`${target}.partial`)).toEqual(["mine.txt"]);
  });
});
