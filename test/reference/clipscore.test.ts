import { existsSync } from "node:fs";
import { join } from "node:path";
import { clipScore, refClipScore } from "@simvlm/metrics";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openClipMetric } from "../../harness/metric-data/clip/clip-metric.js";
import { captionersIn, type GoldenCaptioner } from "../captioners/golden.js";
import { Scratch } from "../harness/cli/run-cli.js";
import { hasShared, sharedFolder } from "../shared.js";

interface Golden {
  readonly mean_clipscore: number;
  readonly mean_refclipscore: number;
  readonly items: readonly {
    readonly photo: string;
    readonly caption: string;
    readonly cosine: number;
    readonly clipscore: number;
    readonly references?: readonly string[];
    readonly reference_cosines?: readonly number[];
    readonly refclipscore?: number;
  }[];
}

const TOLERANCE = 3e-5;
const { XDG_CACHE_HOME: cache } = process.env;

describe.skipIf(!hasShared)("CLIPScore of photographs, as the reference implementation's embeddings give it", () => {
  const models = join(sharedFolder, "reference/models");
  const clips = captionersIn(join(models, "checkpoints"), join(models, "golden")).filter((each) =>
    existsSync(each.file("clipscore.json")),
  );
  beforeAll(() => {
    process.env.XDG_CACHE_HOME = new Scratch().at("cache");
  });
  afterAll(() => {
    if (cache === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = cache;
  });

  it.each(clips.map((each) => [each.name, each] as [string, GoldenCaptioner]))("%s", async (_, captioner) => {
    const { items, ...means } = captioner.json<Golden>("clipscore.json");
    const clip = await openClipMetric(captioner.checkpoint);
    const examples = items.map(({ photo, caption, references = [] }, i) => ({
      id: `${i}`,
      prediction: caption,
      references,
      pictures: [join(sharedFolder, "data/coco-photos/images", photo)],
    }));
    for (const round of ["computed", "kept"]) {
      const { similarities, cut } = await clip.compare([...examples], { references: true });
      const scores = similarities.map(({ picture, references = [] }) => [
        clipScore(picture),
        refClipScore(picture, references),
      ]);
      for (const [i, { cosine, reference_cosines = [], clipscore, refclipscore }] of items.entries()) {
        const [seen, near] = scores[i]!;
        expect(Math.abs(similarities[i]!.picture - cosine), round).toBeLessThan(1e-5);
        for (const [k, expected] of reference_cosines.entries()) {
          expect(Math.abs(similarities[i]!.references![k]! - expected), round).toBeLessThan(1e-5);
        }
        expect(Math.abs(seen! - clipscore), round).toBeLessThan(TOLERANCE);
        if (refclipscore !== undefined) expect(Math.abs(near! - refclipscore), round).toBeLessThan(TOLERANCE);
      }
      const referenced = items.flatMap(({ refclipscore }, i) => (refclipscore === undefined ? [] : [scores[i]!]));
      const meanOf = (column: 0 | 1) => referenced.reduce((sum, row) => sum + row[column]!, 0) / referenced.length;
      expect(Math.abs(meanOf(0) - means.mean_clipscore)).toBeLessThan(TOLERANCE);
      expect(Math.abs(meanOf(1) - means.mean_refclipscore)).toBeLessThan(TOLERANCE);
      expect(cut.captions).toBeGreaterThanOrEqual(1);
    }
  });
});
