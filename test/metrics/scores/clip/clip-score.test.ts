import {
  type ClipResources,
  clipScore,
  createMetricInput,
  evaluateMetrics,
  findMetric,
  refClipScore,
} from "@simvlm/metrics";
import { expect, test } from "vitest";

const examples = [
  { id: "1", prediction: "a", references: ["b", "c"], pictures: ["1.jpg"] },
  { id: "2", prediction: "d", references: ["e"], pictures: ["2.jpg"] },
];
const similarities = [
  { picture: 0.3, references: [-0.1, 0.6] },
  { picture: -0.2, references: [0.9] },
];
const metrics = ["clipscore", "refclipscore"].map((name) => findMetric(name)!);

/** A CLIP that has its answers ready. */
function ready(cut = { captions: 0, references: 0 }): ClipResources {
  return {
    name: "0123456789ab",
    places: 77,
    compare: async (_, { references = false } = {}) => ({
      similarities: references ? similarities : similarities.map(({ picture }) => ({ picture })),
      cut: references ? cut : { ...cut, references: 0 },
    }),
  };
}

const evaluate = (clip: ClipResources) =>
  evaluateMetrics(metrics, createMetricInput(examples, { tables: { clipscore: clip, refclipscore: clip } }));

test("cosines below 0 count as 0; the nearest reference counts", async () => {
  expect([clipScore(0.3), clipScore(-1), clipScore(1)]).toEqual([0.75, 0, 2.5]);
  expect(refClipScore(0.3, [-0.1, 0.6])).toBeCloseTo(2 / (1 / 0.75 + 1 / 0.6), 15);
  expect([refClipScore(-0.2, [0.9]), refClipScore(0.5, [-0.1]), refClipScore(0.5, [])]).toEqual([0, 0, 0]);
  const [plain, withReferences] = await evaluate(ready());
  expect(plain!.scores).toEqual({ CLIPScore: 0.375 });
  expect([...withReferences!.perExample.RefCLIPScore!]).toEqual([refClipScore(0.3, [0.6]), 0]);
  expect(withReferences!.explain!(0)).toMatchObject({
    parts: [
      {
        kind: "terms",
        rows: [
          ["the picture", 0.3],
          ["c", 0.6],
          ["b", -0.1],
        ],
      },
    ],
  });
});

test("the signature names the CLIP, the prompt, the weight and the references", async () => {
  expect((await evaluate(ready())).map(({ signature }) => signature.replace(/\|version.*/, ""))).toEqual([
    "CLIPScore|model:0123456789ab|prompt:A_photo_depicts|w:2.5",
    "RefCLIPScore|nrefs:1-2|model:0123456789ab|prompt:A_photo_depicts|w:2.5",
  ]);
});

test("texts that were cut are counted", async () => {
  const [plain, withReferences] = await evaluate(ready({ captions: 2, references: 3 }));
  expect(plain!.warnings).toEqual([
    "the ends of 2 captions were not looked at for CLIPScore and RefCLIPScore: CLIP reads 77 tokens of a text",
  ]);
  expect(withReferences!.warnings).toEqual([
    ...plain!.warnings!,
    "the ends of 3 references were not looked at for CLIPScore and RefCLIPScore: CLIP reads 77 tokens of a text",
  ]);
  expect((await evaluate(ready()))[0]!.warnings).toBeUndefined();
});

test("without a CLIP, and without pictures, it is said what is missing", async () => {
  await expect(evaluateMetrics(metrics, createMetricInput(examples, { tables: {} }))).rejects.toMatchObject({
    code: "no-clip",
  });
  const bare = createMetricInput(examples.map(({ pictures: _, ...rest }) => rest));
  await expect(evaluateMetrics(metrics, bare)).rejects.toMatchObject({ code: "metric-needs" });
});
