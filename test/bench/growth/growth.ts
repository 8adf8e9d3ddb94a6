import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { project } from "../measure.js";
import { readCheckout } from "../runner/history.js";
import { describeMachine, listVersions, othersBetween, readProcessorTimes } from "../runner/machine.js";
import { type BenchOptions, type Row, rowOf } from "../runner/row.js";
import { writePictures } from "./draw-growth.js";
import { AXES, type Axis, type Growth } from "./growth-file.js";
import { writePage } from "./growth-page.js";
import { type DataAxisKey, measureDataAxis } from "./measure-data.js";
import { MODEL_AXES, measureModelAxis } from "./measure-model.js";

const ROUNDS = 3;
const WHOLE_ROUNDS = 2;
const DATA_AXES: readonly DataAxisKey[] = ["captions", "answers", "compare", "processes"];

export const GROWTH_FILE = join(project, "test/bench/growth/growth.json");

/**
 * How cost grows with pictures, tokens, batch, beams, picture side and processes. On the processor it also writes
 * `growth.json`, and from it the pictures and tables of docs/benchmarks.md.
 */
export async function* benchGrowth(options: BenchOptions): AsyncGenerator<Row> {
  const { provider, isWhole, rounds = isWhole ? WHOLE_ROUNDS : ROUNDS } = options;
  const before = readProcessorTimes();
  const axes: Axis[] = [];
  const isHere = provider === "cpu";
  const measures = [
    ...(isHere ? DATA_AXES.map((key) => () => measureDataAxis(key, rounds, provider)) : []),
    ...MODEL_AXES.map((key) => () => measureModelAxis(key, rounds, provider)),
  ];
  for (const measure of measures) {
    const axis = await measure();
    axes.push(axis);
    yield* rowsOf(axis);
  }
  if (!isHere) return;
  const now = readProcessorTimes();
  const growth: Growth = {
    measured: new Date().toISOString(),
    commit: readCheckout(project, []).commit ?? "none",
    machine: describeMachine(),
    versions: listVersions(),
    ...(before && now && { others: othersBetween(before, now) }),
    axes,
  };
  writeFileSync(GROWTH_FILE, `${JSON.stringify(growth, undefined, 2)}\n`);
  await writePictures(growth, join(project, "docs/images"));
  writePage(growth, join(project, "docs/benchmarks.md"));
}

function rowsOf({ key, points }: Axis): Row[] {
  const { work, unit } = AXES[key];
  return points.map(({ size, times, megabytes }) => {
    const runs = times.map((ms) => ({ ms, ...(megabytes !== undefined && { megabytes }) }));
    return rowOf(`${work}: ${size} ${unit}`, runs, { none: "" });
  });
}
