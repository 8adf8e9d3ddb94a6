import { beforeAll, expect, it } from "vitest";
import { type ImageSource, loadAhead } from "../../../harness/images/index.js";
import { plain } from "./samples.js";

const framing = { kind: "stretch", size: 1 } as const;
let greys: ImageSource[];

beforeAll(async () => {
  greys = await Promise.all(
    [0, 51, 102, 153].map(async (grey) => ({ name: `${grey}`, bytes: await plain(grey, grey, grey).png().toBuffer() })),
  );
});

it("gives batches in order, with errors in their places", async () => {
  const broken = { name: "broken", bytes: Buffer.from("no picture") };
  const found: string[][] = [];
  for await (const loaded of loadAhead([greys.slice(0, 2), [broken, greys[2]!], [], [greys[3]!]], { framing })) {
    found.push(loaded.map((each) => `${each.name} ${each.ok ? each.image.data[0]!.toFixed(1) : each.error.code}`));
  }
  expect(found).toEqual([["0 -1.0", "51 -0.6"], ["broken broken-image", "102 -0.2"], [], ["153 0.2"]]);
});

it("begins the next batch before it gives one", async () => {
  const asked: string[] = [];
  const watch = (batch: number): readonly ImageSource[] => [
    {
      name: `${batch}`,
      get bytes() {
        asked.push(`${batch}`);
        return Buffer.alloc(0);
      },
    },
  ];
  const batches = loadAhead([watch(0), watch(1), watch(2)]);
  await batches.next();
  expect(new Set(asked)).toEqual(new Set(["0", "1"]));
  await batches.return();
  expect(new Set(asked)).toEqual(new Set(["0", "1"]));
});

it("throws for a wrong option, once it is asked", async () => {
  const wrong = loadAhead([greys, greys], { framing: { kind: "stretch", size: 0 } });
  await expect(wrong.next()).rejects.toMatchObject({ code: "bad-option" });
});
