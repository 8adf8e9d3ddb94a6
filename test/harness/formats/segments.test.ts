import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fillPolygons } from "../../../harness/formats/polygons.js";
import { fromRuns, packRuns, toRuns, unpackRuns } from "../../../harness/formats/run-length.js";
import { readSegments } from "../../../harness/formats/segments.js";
import { createRandom } from "../../../harness/random.js";
import { Scratch } from "../cli/run-cli.js";

const scratch = new Scratch();

test("pycocotools' strings are read, and written the same", () => {
  const golden = [
    // by pycocotools 2.0, with the area and the box it computes
    { size: [5, 7], counts: "02122MO0O20N02000N020", area: 22 },
    { size: [4, 4], counts: "`0", area: 0 },
    { size: [4, 4], counts: "0`0", area: 16 },
    {
      size: [60, 50],
      counts:
        "fa0116`1K`N60I\\12dN50LY1OgN50NW1MiN500U1KkN5000IT11lN6000JS10mN6000LQ1NoN6000NP1KPO7000OQ11oN000P10PO0000In07RO0000Jn05RO1000Kn03RO2000Ln01RO3000Mn0ORO4000Nn0MRO5000On0KRO60000n0IRO70000P10PO0000In07RO0000Jo04QO2000JP13PO3000KP11PO4000LQ1NoN6000LT14lN00LT14lN00MU11kN20MW1OiN40MY1MgN60M\\13dNL`11`NNh?",
      area: 693,
    },
  ];
  for (const { size, counts, area } of golden) {
    const [height, width] = size as [number, number];
    const runs = unpackRuns(counts)!;
    const mask = fromRuns(runs, width, height)!;
    expect(mask.pixels.reduce((sum, one) => sum + one, 0)).toBe(area);
    expect(toRuns(mask)).toEqual(runs);
    expect(packRuns(toRuns(mask))).toBe(counts);
  }
});

test("any mask comes back from its runs", () => {
  const random = createRandom(1);
  for (const share of [0.02, 0.5, 0.98]) {
    const pixels = Uint8Array.from({ length: 300 * 200 }, () => Number(random.next() < share));
    const mask = { width: 300, height: 200, pixels };
    expect(fromRuns(unpackRuns(packRuns(toRuns(mask)))!, 300, 200)).toEqual(mask);
  }
  expect(unpackRuns("\u0001")).toBeUndefined();
  expect(unpackRuns("~~~~~~~~~~~~")).toBeUndefined();
  expect(fromRuns([3, 4], 2, 3)).toBeUndefined();
  expect(fromRuns([8, -2], 2, 3)).toBeUndefined();
});

test("polygons: pixels whose middle is inside, of several outlines, cut at the picture's edge", () => {
  const rows = (polygons: number[][]) => {
    const { pixels } = fillPolygons(polygons, 6, 4);
    return [0, 1, 2, 3].map((row) => [...pixels.subarray(6 * row, 6 * row + 6)].join(""));
  };
  expect(rows([[1, 1, 4, 1, 4, 3, 1, 3]])).toEqual(["000000", "011100", "011100", "000000"]);
  expect(
    rows([
      [0, 0, 2, 0, 2, 1, 0, 1],
      [4, 2, 9, 2, 9, 9, 4, 9],
    ]),
  ).toEqual(["110000", "000000", "000011", "000011"]);
  expect(rows([[0, 0, 6, 0, 0, 6]])).toEqual(["111110", "111100", "111000", "110000"]);
});

const file = (name: string, content: unknown): string => {
  const path = scratch.at(name);
  writeFileSync(path, JSON.stringify(content));
  return path;
};

test("COCO's instances: polygons, runs as numbers and as text, boxes where there is nothing else", async () => {
  const path = file("instances.json", {
    images: [
      { id: 7, file_name: "val2017/a.jpg", width: 4, height: 2 },
      { id: 8, file_name: "b.jpg", width: 4, height: 2 },
    ],
    annotations: [
      { image_id: 7, category_id: 18, iscrowd: 0, segmentation: [[0, 0, 2, 0, 2, 2, 0, 2]] },
      { image_id: 7, category_id: 3, iscrowd: 1, segmentation: { size: [2, 4], counts: [6, 2] } },
      { image_id: 7, category_id: 3, segmentation: { size: [2, 4], counts: "62" }, attributes: { color: "red", n: 3 } },
      { image_id: 7, category_id: 3, bbox: [1, 0, 2, 1] },
    ],
    categories: [
      { id: 18, name: "dog" },
      { id: 3, name: "car" },
    ],
  });
  const segments = await readSegments(path);
  expect(segments.images).toEqual(["7", "8"]);
  expect([...segments.byFile]).toEqual([
    ["a.jpg", "7"],
    ["b.jpg", "8"],
  ]);
  expect(segments.of("9")).toBeUndefined();
  expect(segments.of("8")).toEqual([]);
  const found = segments.of("7")!.map(({ category, attributes, mask }) => [category, attributes, mask.pixels.join("")]);
  expect(found).toEqual([
    ["dog", [], "11001100"],
    ["car", [], "00010001"],
    ["car", ["red"], "00010001"],
    ["car", [], "01100000"],
  ]);
});

test.each([
  [
    "runs that do not fill the picture",
    { segmentation: { size: [2, 4], counts: [1] } },
    /annotations\[0\]\.segmentation: the counts are not/,
  ],
  ["a text that is none", { segmentation: { size: [2, 4], counts: "!" } }, /the counts are not the lengths of runs/],
  ["nothing that says where it is", {}, /expected a segmentation or a bbox/],
  ["a category that there is not", { bbox: [0, 0, 1, 1], category_id: 5 }, /there is no category 5/],
])("%s is refused by its place", async (_, wrong, message) => {
  const path = file("wrong.json", {
    images: [{ id: 1, width: 4, height: 2 }],
    annotations: [{ image_id: 1, category_id: 2, ...wrong }],
    categories: [{ id: 2, name: "dog" }],
  });
  const read = async () => (await readSegments(path)).of("1");
  await expect(read()).rejects.toThrow(message);
  await expect(read()).rejects.toMatchObject({ code: "wrong-schema" });
});

test("runs of another size than the picture's are refused: they would lie elsewhere", async () => {
  const path = file("turned.json", {
    images: [{ id: 1, width: 4, height: 2 }],
    annotations: [{ image_id: 1, category_id: 2, segmentation: { size: [4, 2], counts: [6, 2] } }],
    categories: [{ id: 2, name: "dog" }],
  });
  const segments = await readSegments(path);
  expect(() => segments.of("1")).toThrow(
    /annotations\[0\]\.segmentation: its size, 4 × 2 .* is not that of its picture/,
  );
});

test("masks are drawn when they are asked for, and not held", async () => {
  const path = file("lazy.json", {
    images: [{ id: 1, width: 8, height: 8 }],
    annotations: Array.from({ length: 20 }, () => ({ image_id: 1, category_id: 2, bbox: [0, 0, 4, 4] })),
    categories: [{ id: 2, name: "dog" }],
  });
  const [first] = (await readSegments(path)).of("1")!;
  const held = first!.mask;
  expect(first!.mask === held).toBe(false);
  expect(first!.mask.pixels.reduce((sum, one) => sum + one, 0)).toBe(16);
});

test("words of some categories leave the others their names; underscores (LVIS) are spaces", async () => {
  const path = file("lvis.json", {
    images: [{ id: 1, width: 4, height: 2 }],
    annotations: [{ image_id: 1, category_id: 1, bbox: [0, 0, 1, 1] }],
    categories: [
      { id: 1, name: "aerosol_can", synonyms: ["aerosol_can", "spray_can"] },
      { id: 2, name: "unicorn" },
      { id: 3, name: "" },
    ],
  });
  const segments = await readSegments(path);
  expect(segments.synonyms).toBe("aerosol can, aerosol can, spray can\nunicorn");
  expect(segments.of("1")![0]!.category).toBe("aerosol can");
});
