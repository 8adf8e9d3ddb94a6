import { spawnSync } from "node:child_process";
import { simvlm } from "./measure.js";
import type { BenchOptions, Figures, Row } from "./runner/row.js";

/** A row of `simvlm bench engine --json`. */
interface EngineRow {
  readonly work: string;
  readonly oursMs: number;
  /** What it was compared with, or why with nothing. */
  readonly peer: string;
  readonly peerMs: number | null;
  readonly ratio: number | null;
}

const ROUNDS = 3;

/** The model, compiled, beside the same model in PyTorch (engine.py): what `simvlm bench engine --json` measures. */
export async function benchEngine({ rounds = ROUNDS, provider }: BenchOptions): Promise<Row[]> {
  const { command, args } = simvlm("bench", "engine", "--json", "--rounds", String(rounds), "--provider", provider);
  const { status, stdout } = spawnSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  if (status !== 0) throw new Error(`simvlm bench engine ended with ${status}`);
  const figuresOf = (ms: number): Figures => ({ ms, low: ms, high: ms, rounds: 1 }); // its rounds are not told
  return (JSON.parse(stdout) as EngineRow[]).map(({ work, oursMs, peer, peerMs, ratio }) => {
    const row = { work, ours: figuresOf(oursMs) };
    return peerMs === null || ratio === null
      ? { ...row, noPeer: peer }
      : { ...row, peer: { name: peer, ...figuresOf(peerMs) }, ratio };
  });
}
