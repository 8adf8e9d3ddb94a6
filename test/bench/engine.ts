import { spawnSync } from "node:child_process";
import { simvlm } from "./measure.js";
import { type BenchOptions, type Figures, type Row, rounded } from "./runner/row.js";

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
/** When all benchmarks run: torch.compile alone would take minutes. */
const WHOLE = { rounds: 3, peers: ["--peers", "eager"] } as const;
/** Each in a process of its own: the peak of its memory is that of this work alone. */
const WORKS = ["toy-training", "base-encoder", "base-caption-1", "base-caption-8", "base-training"];

/** The model, compiled, beside the same model in PyTorch (engine.py): what `simvlm bench engine --json` measures. */
export async function* benchEngine(options: BenchOptions): AsyncGenerator<Row> {
  const { isWhole, provider, rounds = isWhole ? WHOLE.rounds : ROUNDS } = options;
  const asked = ["--rounds", String(rounds), "--provider", provider, ...(isWhole ? WHOLE.peers : [])];
  for (const work of WORKS) {
    const { command, args } = simvlm("bench", "engine", "--json", "--only", work, ...asked);
    const { status, stdout } = spawnSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
    if (status !== 0) throw new Error(`simvlm bench engine ended with ${status}`);
    for (const row of JSON.parse(stdout) as EngineRow[]) yield toRow(row);
  }
}

function toRow({ work, ours, peer, peers, best, ratio }: EngineRow): Row {
  if (!best || ratio === undefined) return { work, ours: rounded(ours), noPeer: peer };
  const facts = Object.fromEntries(Object.entries(peers).map(([name, { ms }]) => [`${name}Ms`, Math.round(ms)]));
  return { work, ours: rounded(ours), peer: { name: peer, ...rounded(best) }, ratio, facts };
}
