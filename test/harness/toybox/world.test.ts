import { describe, expect, test } from "vitest";
import { createRandom } from "../../../harness/random.js";
import { domainOf } from "../../../harness/toybox/datasets/write-captions.js";
import {
  BACKGROUNDS,
  COLORS,
  IN_DOMAIN_KINDS,
  KIND_NAMES,
  kindRow,
  SIZES,
} from "../../../harness/toybox/world/kinds.js";
import { IMAGE_SIZE, layOut, type Placed } from "../../../harness/toybox/world/layout.js";
import { type Scene, SPLITS, sceneKey, splitOf } from "../../../harness/toybox/world/scene.js";
import { drawScenes } from "./scenes.js";

const scenes = drawScenes(3000);

describe("the world", () => {
  test("has what was asked for", () => {
    expect(KIND_NAMES.length).toBeGreaterThanOrEqual(24);
    expect(IN_DOMAIN_KINDS).toHaveLength(12);
    expect([COLORS.length, SIZES.length, BACKGROUNDS.length]).toEqual([8, 2, 5]);
  });

  test("every kind, colour, size, background, relation and count occurs", () => {
    const groups = scenes.flatMap((scene) => scene.groups);
    const seen = (values: readonly unknown[]): number => new Set(values).size;
    expect(seen(groups.map(({ kind }) => kind))).toBe(KIND_NAMES.length);
    expect(seen(groups.map(({ color }) => color))).toBe(8);
    expect(seen(groups.map(({ size }) => size))).toBe(2);
    expect(seen(groups.map(({ count }) => count))).toBe(4);
    expect(seen(scenes.map(({ background }) => background))).toBe(5);
    expect(seen(scenes.flatMap(({ relations }) => relations.map(({ name }) => name)))).toBe(4);
  });

  test("a scene has one to four things of different kinds, and relations between them", () => {
    for (const { groups, relations } of scenes) {
      const things = groups.reduce((sum, { count }) => sum + count, 0);
      expect(things).toBeGreaterThanOrEqual(1);
      expect(things).toBeLessThanOrEqual(4);
      expect(new Set(groups.map(({ kind }) => kind)).size).toBe(groups.length);
      expect(relations).toHaveLength(groups.length - 1);
      for (const { name, object } of relations)
        if (name === "on") expect(kindRow(groups[object]!.kind).seat).toBeDefined();
    }
  });

  test("a pool decides the domain", () => {
    const domains = (["in", "near", "out"] as const).map(
      (pool) => new Set(drawScenes(200, 2, "val", { pool }).map(domainOf)),
    );
    expect(domains.map((names) => [...names])).toEqual([["in-domain"], ["near-domain"], ["out-domain"]]);
  });

  test("an included kind is there", () => {
    const included = drawScenes(200, 3, "train", { include: "present" });
    expect(included.every(({ groups }) => groups.some(({ kind }) => kind === "present"))).toBe(true);
  });
});

describe("splits", () => {
  test("never share a scene, whatever the seed", () => {
    const keys = SPLITS.map(
      (split, i) => new Set([i, i + 10].flatMap((seed) => drawScenes(1500, seed, split).map(sceneKey))),
    );
    const [train, val, test] = keys as [Set<string>, Set<string>, Set<string>];
    const shared = (a: Set<string>, b: Set<string>): string[] => [...a].filter((key) => b.has(key));
    expect([shared(train, val), shared(train, test), shared(val, test)]).toEqual([[], [], []]);
    expect(keys.map((set) => set.size > 300)).toEqual([true, true, true]);
  });

  test("a scene told in another order is the same scene", () => {
    const scene = scenes.find(({ groups }) => groups.length === 2)!;
    const swapped: Scene = {
      ...scene,
      groups: [scene.groups[1]!, scene.groups[0]!],
      relations: scene.relations.map(({ name, subject, object }) => ({
        name,
        subject: 1 - subject,
        object: 1 - object,
      })),
    };
    expect(sceneKey(swapped)).toBe(sceneKey(scene));
    expect(splitOf(swapped)).toBe(splitOf(scene));
  });

  test("are equally distributed", () => {
    const share = (split: "train" | "test", of: (scene: Scene) => boolean): number =>
      drawScenes(3000, 5, split).filter(of).length / 3000;
    for (const of of [
      ({ groups }: Scene) => groups.length === 2,
      ({ background }: Scene) => background === "night",
      ({ groups }: Scene) => groups.some(({ color }) => color === "red"),
    ]) {
      expect(Math.abs(share("train", of) - share("test", of))).toBeLessThan(0.04);
    }
  });
});

describe("positions", () => {
  const random = createRandom(4);
  const laidOut = scenes.map((scene, index) => ({ scene, things: layOut(scene, random.fork(index)) }));
  const extent = (things: readonly Placed[], group: number, axis: "x" | "y"): [number, number] => {
    const own = things.filter((thing) => thing.group === group);
    return [Math.min(...own.map((t) => t[axis] - t.side / 2)), Math.max(...own.map((t) => t[axis] + t.side / 2))];
  };

  test("everything is inside the picture, and as many things as there should be", () => {
    for (const { scene, things } of laidOut) {
      expect(things).toHaveLength(scene.groups.reduce((sum, { count }) => sum + count, 0));
      for (const { x, y, side } of things) {
        expect(Math.min(x, y) - side / 2).toBeGreaterThan(-8);
        expect(Math.max(x, y) + side / 2).toBeLessThan(IMAGE_SIZE + 8);
      }
    }
  });

  test("left is left, above is above, on touches, behind overlaps", () => {
    const checked = { left: 0, above: 0, on: 0, behind: 0 };
    for (const { scene, things } of laidOut) {
      for (const { name, subject, object } of scene.relations) {
        const [x, otherX] = [extent(things, subject, "x"), extent(things, object, "x")];
        const [y, otherY] = [extent(things, subject, "y"), extent(things, object, "y")];
        checked[name]++;
        if (name === "left") expect(x[1]).toBeLessThanOrEqual(otherX[0] + 1e-9);
        if (name === "above") expect(y[1]).toBeLessThanOrEqual(otherY[0] + 1e-9);
        if (name === "on")
          expect(y[1] > otherY[0] && y[0] < otherY[0] && x[0] < otherX[1] && x[1] > otherX[0]).toBe(true);
        if (name === "behind") expect(x[0] < otherX[1] && x[1] > otherX[0] && y[1] > otherY[0]).toBe(true);
      }
    }
    expect(Math.min(...Object.values(checked))).toBeGreaterThan(50);
  });

  test("what is behind is painted first", () => {
    for (const { scene, things } of laidOut) {
      const behind = scene.relations.find(({ name }) => name === "behind");
      if (behind) expect(things[0]!.group).toBe(behind.subject);
    }
  });
});
