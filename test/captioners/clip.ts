import { existsSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { openStoredWeights } from "../../harness/checkpoints/open-stored-weights.js";
import { compile } from "../../harness/engine/index.js";
import type { Weights } from "../../harness/layers/weights.js";
import { openClip } from "../../harness/models/clip/clip-model.js";
import { clipShapes, endOf, projectImages, projectTexts } from "../../harness/models/clip/clip-network.js";
import { keepAll } from "../../harness/models/published/caption-network.js";
import { locateWeights } from "../../harness/models/weight-constants.js";
import { type GoldenCaptioner, type Noise, readPixels, toleranceOf } from "./golden.js";
import { goldenName } from "./states.js";

interface ClipItem {
  readonly photo: string;
  readonly caption: string;
  readonly ids: readonly number[];
  readonly cosine: number;
  readonly references?: readonly string[];
  readonly reference_cosines?: readonly number[];
}

interface ClipPair {
  readonly photo: string;
  readonly input_ids: readonly number[];
}

const cosine = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** Cosines of pictures and texts, and the ids of texts, of golden CLIPs. */
export function describeClip(captioners: readonly GoldenCaptioner[]): void {
  const clips = captioners.filter((captioner) => existsSync(captioner.file("clipscore.json")));
  it.each(clips.map((each) => [each.name, each] as const))("%s finds the reference's cosines", async (_, captioner) => {
    const { prefix, items } = captioner.json<{ prefix: string; items: ClipItem[] }>("clipscore.json");
    const clip = await openClip(captioner.checkpoint);
    for (const item of items) {
      const text = `${prefix}${item.caption}`;
      const { ids } = clip.encodeText(text);
      expect(ids).toEqual(item.ids);
      const [seen] = await clip.embedImages([readPixels(captioner, item.photo)]);
      const others = (item.references ?? []).map((reference) => clip.encodeText(`${prefix}${reference}`).ids);
      const [said, ...refs] = await clip.embedTexts([ids, ...others]);
      expect(Math.abs(cosine(seen!, said!) - item.cosine)).toBeLessThan(1e-5);
      for (const [index, other] of refs.entries()) {
        expect(Math.abs(cosine(other, said!) - item.reference_cosines![index]!)).toBeLessThan(1e-5);
      }
    }
  });

  it.each(clips.map((each) => [each.name, each] as const))(
    "%s computes the reference's states",
    async (_, captioner) => {
      const described = captioner.json<ClipPair[] | { pairs: ClipPair[] }>("states.json");
      const [pair] = Array.isArray(described) ? described : described.pairs;
      const { config } = await openClip(captioner.checkpoint);
      const stored = await openStoredWeights(captioner.checkpoint);
      const { signature, constants } = await locateWeights(stored, clipShapes(config));
      await stored.close();
      const { photo, input_ids: ids } = pair!;
      const side = config.vision.imageSize;
      const inputs = {
        images: tf.tensor(readPixels(captioner, photo), [1, side, side, 3]),
        tokens: tf.tensor([ids], [1, ids.length], "int32"),
        ends: tf.tensor([endOf(ids, config)], [1], "int32"),
      };
      const pass = ({ weights, images, tokens, ends }: typeof inputs & { weights: Weights }): Weights => {
        const hooks = keepAll();
        const image_projection = projectImages(images, weights, config, hooks);
        return {
          image_projection,
          text_projection: projectTexts({ tokens, ends }, weights, config, hooks),
          ...hooks.kept,
        };
      };
      const compiled = await compile(pass, { weights: signature, ...inputs }, { constants });
      const states = await compiled.run({ weights: {}, ...inputs });
      const noise = captioner.json<Record<string, Noise>>("noise.json");
      const golden = captioner.tensors("states.safetensors");
      for (const [ours, { data }] of Object.entries(states)) {
        const name = `0.${goldenName(ours)}`;
        const expected: ArrayLike<number> | undefined = golden.get(name)?.data;
        if (!expected) continue;
        const difference = Math.max(...Array.from(expected, (value, i) => Math.abs(value - data[i]!)));
        expect(difference, name).toBeLessThanOrEqual(toleranceOf(noise[name]!));
      }
      expect(Object.keys(states).length).toBeGreaterThanOrEqual(8);
    },
  );
}
