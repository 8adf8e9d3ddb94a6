import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { measureBeside, requireShared, scratchFolder, simvlm } from "./measure.js";
import type { BenchOptions, Row } from "./runner/row.js";

const PEER = `
import sys, sacrebleu
lines = [open(path, encoding="utf8").read().splitlines() for path in sys.argv[1:]]
print(sacrebleu.corpus_bleu(lines[1], [lines[0]]))
`;

/** Multi30k's 29,000 German training lines against themselves with every other line taken from elsewhere. */
export async function benchSacreBleu(options: BenchOptions): Promise<Row[]> {
  const german = gunzipSync(readFileSync(requireShared("data/multi30k/train.de.gz")))
    .toString("utf8")
    .trimEnd()
    .split("\n");
  const folder = scratchFolder();
  const [references, predictions] = [join(folder, "references.de"), join(folder, "predictions.de")];
  writeFileSync(references, `${german.join("\n")}\n`);
  writeFileSync(
    predictions,
    `${german.map((line, i) => (i % 2 ? line : german[(i + 100) % german.length])).join("\n")}\n`,
  );
  const files = ["--references", references, "--predictions", predictions];
  const ours = simvlm("score", "--task", "translate", ...files, "--json", join(folder, "scores.json"));
  const peer = { module: "sacrebleu", python: PEER, args: [references, predictions] };
  return [await measureBeside(`sacreBLEU, ${german.length} lines`, ours, peer, options)];
}
