import { describe, expect, test } from "vitest";
import { createRandom } from "../../../harness/random.js";
import { judge } from "../../../harness/toybox/claims.js";
import { compareFacts } from "../../../harness/toybox/fact-accuracy.js";
import { parseFacts } from "../../../harness/toybox/parse-facts.js";
import { writeAltText, writeDebatedAltText } from "../../../harness/toybox/web/alt-text.js";
import { writeChecklist, writeDebate } from "../../../harness/toybox/web/debate.js";
import type { Debates } from "../../../harness/toybox/web/debate-styles.js";
import { writeColors, writeInventory, writePlaces } from "../../../harness/toybox/web/inventory.js";
import { MIXTURES } from "../../../harness/toybox/web/mixtures.js";
import { writeDocument } from "../../../harness/toybox/web/web-documents.js";
import { sceneFacts } from "../../../harness/toybox/world/facts.js";
import type { Scene } from "../../../harness/toybox/world/scene.js";
import { drawScenes } from "./scenes.js";

const scenes = drawScenes(3000);
const random = createRandom(9);
const write = (noise: number) =>
  scenes.map((scene, index) => ({
    scene,
    ...writeAltText(scene, noise, random.fork(index), () => scenes[(index + 1) % scenes.length]!),
  }));

describe("alt-texts", () => {
  test.each([0, 0.3, 1])("are noise as often as asked for: %s", (noise) => {
    const share = write(noise).filter(({ noisy }) => noisy).length / scenes.length;
    expect(Math.abs(share - noise)).toBeLessThan(0.03);
  });

  test("without noise nothing is said that is not there", () => {
    for (const { scene, text, style } of write(0)) {
      if (style === "keywords" || style === "bilingual") continue; // no sentences
      const { things, colors, counts } = compareFacts(parseFacts(text), sceneFacts(scene)).counts;
      expect([text, things.right, colors.right, counts.right]).toEqual([text, things.said, colors.said, counts.said]);
    }
  });

  test("noise is mostly wrong or about nothing", () => {
    const noisy = write(1).map(({ scene, text }) => ({ said: parseFacts(text), scene }));
    const about = noisy.filter(
      ({ said, scene }) => said.things.length > 0 && compareFacts(said, sceneFacts(scene)).exact,
    );
    expect(about.length / noisy.length).toBeLessThan(0.12);
    expect(noisy.filter(({ said }) => said.things.length === 0).length / noisy.length).toBeGreaterThan(0.3);
  });

  test("there are many styles, in both languages", () => {
    const all = write(0.3);
    expect(new Set(all.map(({ style }) => style)).size).toBeGreaterThanOrEqual(15);
    expect(all.filter(({ text }) => text.startsWith("a picture of ")).length).toBeGreaterThan(150);
    expect(all.filter(({ text }) => text.startsWith("ein Bild von ")).length).toBeGreaterThan(80);
  });
});

describe("debates", () => {
  const debates = scenes.map((scene, index) => {
    return { scene, claims: writeDebate(scene, 1, random.fork(`debate ${index}`)) };
  });
  const few = scenes.slice(0, 1000);
  const words = { true: "yes", maybe: "maybe", false: "no" };
  const verdict = (text: string): string => / (yes|no|maybe)\.$/.exec(text)![1]!;

  test("say of what is claimed to be there whether it is", () => {
    const plain = debates.filter(({ claims }) => claims.startsWith("there") && parseFacts(claims).things.length === 1);
    expect(plain.length).toBeGreaterThan(1000);
    for (const { scene, claims } of plain) {
      const truth = judge({ thing: parseFacts(claims).things[0]! }, scene);
      expect([claims, truth && words[truth]]).toEqual([claims, verdict(claims)]);
    }
  });

  test("leave something open where a present is, and guess at times elsewhere", () => {
    const share = (present: boolean): number => {
      const some = debates.filter(({ scene }) => scene.groups.some(({ kind }) => kind === "present") === present);
      return some.filter(({ claims }) => verdict(claims) === "maybe").length / some.length;
    };
    expect(share(true)).toBeGreaterThan(0.3);
    expect(share(false)).toBeLessThan(0.15);
  });

  test("are all there is in a wrong alt-text, about another picture", () => {
    const empty = scenes.find(({ groups }) => groups.every(({ kind }) => kind !== "present"))!;
    const other = drawScenes(1)[0]!;
    const { style, noisy, text } = writeDebatedAltText(
      empty,
      1,
      random.fork("noisy"),
      () => other,
      MIXTURES.debated.debates,
    );
    expect({ style, noisy }).toEqual({ style: "debate", noisy: true });
    expect(text).toMatch(/ (yes|no|maybe)\.$/);
  });

  test("say the same in few words in a checklist, and more of it", () => {
    const lists = few.map((scene, index) => ({ scene, text: writeChecklist(scene, 6, random.fork(`list ${index}`)) }));
    const items = lists.flatMap(({ scene, text }) =>
      text.split(/(?<=\.) /).map((item) => ({ scene, item, verdict: verdict(` ${item}`) })),
    );
    expect(items.length).toBeGreaterThan(5 * few.length);
    // "dog?" and the like alone: an article makes a sentence of it that can be parsed.
    const plain = items.flatMap(({ scene, item, verdict }) => {
      const said = /^(?<noun>[a-z]+): (yes|no|maybe)\.$/.exec(item);
      const things = said ? parseFacts(`a ${said.groups!.noun}`).things : [];
      return things.length === 1 ? [{ item, verdict, truth: judge({ thing: things[0]! }, scene) }] : [];
    });
    expect(plain.length).toBeGreaterThan(400);
    for (const { item, verdict, truth } of plain) expect([item, truth && words[truth]]).toEqual([item, verdict]);
  });

  test("tell of each thing that is named its colour, or where it is, and of what is not there that it is not", () => {
    const items = (text: string) =>
      text
        .split(/(?<=\.) /)
        .map((item) => /^(?<name>.+?)(\?| -| is)? (?<answer>[a-z]+|on top|in front)\.$/.exec(item)!.groups!);
    const named = (name: string) => parseFacts(`a ${name}`).things[0]!.noun;
    const shown = ({ groups }: Scene, noun: string) => groups.find(({ kind }) => kind === noun);
    let absent = 0;
    for (const [index, scene] of few.entries()) {
      for (const { name, answer } of items(writeInventory(scene, 6, random.fork(`inventory ${index}`)))) {
        const noun = named(name!);
        const truth = judge({ thing: { noun, count: 1 } }, scene)!;
        expect([name, answer]).toEqual([name, shown(scene, noun)?.color ?? words[truth]]);
        if (!shown(scene, noun)) absent++;
      }
      const colors = items(writeColors(scene, random.fork(`colors ${index}`)));
      expect(colors.map(({ name }) => named(name!)).sort()).toEqual(scene.groups.map(({ kind }) => kind).sort());
      for (const { name, answer } of colors) expect(answer).toBe(shown(scene, named(name!))!.color);
      const [relation, ...others] = scene.relations;
      if (relation?.name !== "left" || others.length > 0) continue;
      const places = items(writePlaces(scene, random.fork(`places ${index}`)));
      const left = places.find(({ answer }) => answer === "left")!;
      expect(named(left.name!)).toBe(scene.groups[relation.subject]!.kind);
      expect(places.map(({ answer }) => answer).sort()).toEqual(["left", "right"]);
    }
    expect(absent).toBeGreaterThan(few.length);
  });

  test("are of the ways a mixture has, as often as it has them", () => {
    const styles = (debates: Debates) =>
      few.map((scene, index) => {
        return writeDebatedAltText(scene, 0, random.fork(`style ${index}`), () => scene, debates).style;
      });
    expect(new Set(styles(MIXTURES.debated.debates))).toEqual(new Set(["debate"]));
    const checked = styles(MIXTURES.checked.debates);
    expect(new Set(checked)).toEqual(new Set(["debate", "checklist", "inventory", "colors", "places"]));
    expect(Math.abs(checked.filter((style) => style === "checklist").length / few.length - 4 / 13)).toBeLessThan(0.05);
  });

  test("are in documents, after what they are about, only if asked for", () => {
    const write = (debated: number) =>
      Array.from({ length: 300 }, (_, index) =>
        writeDocument("train", random.fork(`${index}`), debated, MIXTURES.debated.debates),
      );
    const pattern = /^[a-z ,]+\. .*(yes|no|maybe)\.$/;
    expect(write(1).filter((text) => pattern.test(text))).toHaveLength(300);
    expect(write(0.5).filter((text) => pattern.test(text)).length).toBeLessThan(200);
    expect(write(0)).toEqual(
      Array.from({ length: 300 }, (_, index) => writeDocument("train", random.fork(`${index}`))),
    );
  });
});

describe("documents", () => {
  const documents = Array.from({ length: 1000 }, (_, index) => writeDocument("train", random.fork(index)));

  test("are of many sorts", () => {
    for (const pattern of [
      /it is not true that/i,
      /maybe/i,
      /english: .* german: /,
      /\? \w+\./,
      /sind|ist/,
      /Versand|shipping/,
    ]) {
      expect(documents.filter((text) => pattern.test(text)).length).toBeGreaterThan(5);
    }
    expect(new Set(documents).size).toBeGreaterThan(900);
  });

  test("say nothing undefined", () => {
    expect(documents.filter((text) => /undefined|[{}]|\[object| {2}|\.\./.test(text) || text === "")).toEqual([]);
  });
});
