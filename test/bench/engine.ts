import { spawnSync } from "node:child_process";
import { simvlm } from "./measure.js";
import type { BenchOptions, Figures, Row } from "./runner/row.js";

/** A row of `simvlm bench engine --json`. */
interface EngineRow {
  readonly work: string;
  readonly ours: Figures;
  /** What it was compared with, or why with nothing. */
  readonly peer: string;
  readonly peers: Readonly<Record<string, Figures>>;
  readonly best?: Figures;
  readonly ratio?: number;
}

const ROUNDS = 5;
/** Each in a process of its own: the peak of its memory is that of this work alone. */
const WORKS = ["toy-training", "base-encoder", "base-caption-1", "base-caption-8", "base-training"];

/** The model, compiled, beside the same model in PyTorch (engine.py): what `simvlm bench engine --json` measures. */
export async function benchEngine({ rounds = ROUNDS, provider }: BenchOptions): Promise<Row[]> {
  return WORKS.flatMap((work) => {
    const options = ["--only", work, "--rounds", String(rounds), "--provider", provider];
    const { command, args } = simvlm("bench", "engine", "--json", ...options);
    const { status, stdout } = spawnSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
    if (status !== 0) throw new Error(`simvlm bench engine ended with ${status}`);
    return (JSON.parse(stdout) as EngineRow[]).map(toRow);
  });
}

function toRow({ work, ours, peer, peers, best, ratio }: EngineRow): Row {
  if (!best || ratio === undefined) return { work, ours, noPeer: peer };
  const facts = Object.fromEntries(Object.entries(peers).map(([name, { ms }]) => [`${name}Ms`, Math.round(ms)]));
  return { work, ours, peer: { name: peer, ...best }, ratio, facts };
}
