import { parseArgs } from "node:util";
import { benchCaptioners, type CaptionersRow } from "./captioners/captioners.js";
import { benchClipScore } from "./clipscore.js";
import { benchCoco, benchMeteor } from "./coco.js";
import { benchCompare } from "./compare.js";
import { benchEightBits, type EightBitsRow } from "./eight-bits.js";
import { benchEngine } from "./engine.js";
import type { Measurement } from "./measure.js";
import { benchSacreBleu } from "./sacrebleu.js";
import { benchScale, type ScaleRow } from "./scale.js";
import { benchSpice } from "./spice.js";
import { benchStatistics } from "./statistics.js";
import { benchVqa } from "./vqa.js";

type Row = Partial<Measurement> | CaptionersRow | EightBitsRow | ScaleRow;

/** `npm run bench -- <name> [--json]`: each prints what it measured here and now. */
const BENCHMARKS: Readonly<Record<string, () => Promise<Row[]>>> = {
  coco: benchCoco,
  meteor: benchMeteor,
  compare: benchCompare,
  vqa: benchVqa,
  sacrebleu: benchSacreBleu,
  statistics: benchStatistics,
  engine: benchEngine,
  captioners: benchCaptioners,
  "eight-bits": benchEightBits,
  clipscore: benchClipScore,
  spice: benchSpice,
  scale: benchScale,
};

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: "boolean" } } });
  const names = positionals.length > 0 ? positionals : Object.keys(BENCHMARKS);
  const unknown = names.filter((name) => !Object.hasOwn(BENCHMARKS, name));
  if (unknown.length > 0) {
    process.stderr.write(`no benchmark ${unknown.join(", ")}; there are ${Object.keys(BENCHMARKS).join(", ")}\n`);
    process.exitCode = 2;
    return;
  }
  const measurements: Row[] = [];
  for (const name of names) measurements.push(...(await BENCHMARKS[name]!()));
  if (values.json) process.stdout.write(`${JSON.stringify(measurements, null, 2)}\n`);
  else console.table(measurements);
}

main();
