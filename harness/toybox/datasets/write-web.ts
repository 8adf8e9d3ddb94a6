import pMap from "p-map";
import { renderScene } from "../drawing/render.js";
import { chance } from "../pick.js";
import { writeAltText, writeDebatedAltText } from "../web/alt-text.js";
import { sampleDebated } from "../web/debate.js";
import { MIXTURES } from "../web/mixtures.js";
import { type Job, type TarEntry, writeTar } from "../workshop.js";
import { IMAGE_SIZE } from "../world/layout.js";
import { sampleScene } from "../world/sample.js";
import type { Scene, Split } from "../world/scene.js";

const PAIRS_PER_SHARD = 2000;

/** Noisy pairs in WebDataset shards, in the form that img2dataset writes: `key.jpg`, `key.txt`, `key.json`. */
export function planWeb(split: Split, size: number): Job[] {
  return Array.from({ length: Math.ceil(size / PAIRS_PER_SHARD) }, (_, shard) => {
    const first = shard * PAIRS_PER_SHARD;
    const count = Math.min(PAIRS_PER_SHARD, size - first);
    const file = `web/${split}-${String(shard).padStart(5, "0")}.tar`;
    return {
      files: [file],
      steps: count,
      async run({ root, random, noise, web, world, concurrency, tick }) {
        const { alone, byFrequency, debated, debates } = MIXTURES[web];
        const stream = random.fork("web").fork(split);
        const writePair = async (index: number): Promise<TarEntry[]> => {
          const pair = stream.fork(first + index);
          const isDebated = chance(pair.fork("kind of text"), debated);
          const draw = (): Scene =>
            isDebated
              ? sampleDebated(split, pair)
              : sampleScene(pair, split, { world, alone: chance(pair, alone), byFrequency });
          const scene = draw();
          const { text, style, noisy } = isDebated
            ? writeDebatedAltText(scene, noise, pair.fork("text"), draw, debates)
            : writeAltText(scene, noise, pair.fork("text"), draw, world.plain);
          const image = await renderScene(scene, pair.fork("image"));
          tick();
          const key = String(shard * 10_000 + index).padStart(9, "0");
          const about = {
            key,
            caption: text,
            url: "",
            status: "success",
            width: IMAGE_SIZE,
            height: IMAGE_SIZE,
            style,
            noisy,
          };
          return [
            { name: `${key}.jpg`, content: image },
            { name: `${key}.txt`, content: text },
            { name: `${key}.json`, content: JSON.stringify(about) },
          ];
        };
        const pairs = await pMap(Array(count).keys(), writePair, { concurrency });
        await writeTar(root, file, pairs.flat());
      },
    };
  });
}
