import { chairMetric, createMetricInput, evaluateMetric, findMentions, parseObjectWords } from "@simvlm/metrics";
import { expect, test } from "vitest";
import { readInstances } from "../../../harness/formats/instances.js";
import { createRandom } from "../../../harness/random.js";
import { toInstances } from "../../../harness/toybox/datasets/instances.js";
import { addFactCounts, compareFacts } from "../../../harness/toybox/fact-accuracy.js";
import { CAPTION, describe } from "../../../harness/toybox/language/describe-scene.js";
import { chooseWording, say } from "../../../harness/toybox/language/wording.js";
import { parseFacts } from "../../../harness/toybox/parse-facts.js";
import { sceneFacts } from "../../../harness/toybox/world/facts.js";
import { Scratch } from "../cli/run-cli.js";
import { drawScenes } from "./scenes.js";

test.each(["en", "de"] as const)("CHAIR is what the facts' precision leaves, in %s", async (language) => {
  const scenes = drawScenes(300);
  const random = createRandom(7);
  const captions = scenes.map((scene, i) => {
    const said = i % 2 === 0 ? scene : scenes[(i + 1) % scenes.length]!; // every other one is of another picture
    const stream = random.fork(i);
    return say(chooseWording(describe(said, CAPTION, stream), stream), language);
  });
  const path = new Scratch().write(
    "instances.json",
    toInstances(scenes.map((scene, id) => ({ id, name: `${id}.jpg`, scene }))),
  );
  const { byImage, synonyms } = await readInstances(path);
  const words = parseObjectWords(synonyms!);
  // CHAIR lets a caption name a thing as often as it likes, and facts count each thing once: captions that name none twice
  const places = [...captions.keys()].filter((i) => {
    const nouns = parseFacts(captions[i]!).things.map(({ noun }) => noun);
    return new Set(nouns).size === nouns.length && findMentions(captions[i]!, words).length === nouns.length;
  });
  expect(places.length).toBeGreaterThan(200);
  const counted = places.map((i) => compareFacts(parseFacts(captions[i]!), sceneFacts(scenes[i]!)));
  const { right, said, present } = addFactCounts(counted).things;
  const examples = places.map((i) => ({
    id: `${i}`,
    prediction: captions[i]!,
    references: ["-"],
    instances: byImage.get(`${i}`)!,
  }));
  const { scores, statistics } = await evaluateMetric(
    chairMetric,
    createMetricInput(examples, { tables: { synonyms } }),
  );
  expect(right).toBeLessThan(said);
  expect(scores.CHAIRi).toBe((said - right) / said);
  expect(scores.object_precision).toBeCloseTo(right / said, 15);
  for (const [row, { counts }] of counted.entries()) {
    const [, , mentions, hallucinated] = statistics.values.subarray(row * 6, row * 6 + 6);
    expect([mentions, mentions! - hallucinated!]).toEqual([counts.things.said, counts.things.right]);
  }
  expect(present).toBeGreaterThan(0);
});
