import { benchCaptioners } from "./captioners/captioners.js";
import { benchClipScore } from "./clipscore.js";
import { benchCoco, benchMeteor } from "./coco.js";
import { benchCompare } from "./compare.js";
import { benchEightBits } from "./eight-bits.js";
import { benchEngine } from "./engine.js";
import { benchGrowth } from "./growth/growth.js";
import type { Benchmark } from "./runner/run-benchmarks.js";
import { benchSacreBleu } from "./sacrebleu.js";
import { benchScale } from "./scale.js";
import { benchSpice } from "./spice.js";
import { benchStatistics } from "./statistics.js";
import { benchVqa } from "./vqa.js";

/** All there are, by the names of the command line: the shortest first, so that whoever stops has most of them. */
export const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  sacrebleu: { run: benchSacreBleu },
  vqa: { run: benchVqa },
  statistics: { run: benchStatistics },
  compare: { run: benchCompare },
  coco: { run: benchCoco },
  meteor: { run: benchMeteor },
  engine: { run: benchEngine, runsModel: true },
  captioners: { run: benchCaptioners, runsModel: true },
  "eight-bits": { run: benchEightBits },
  clipscore: { run: benchClipScore },
  spice: { run: benchSpice },
  growth: { run: benchGrowth, runsModel: true },
  scale: { run: benchScale, runsModel: true },
};
