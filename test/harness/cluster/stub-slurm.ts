import { chmodSync, existsSync, readFileSync } from "node:fs";
import { delimiter } from "node:path";
import type { Scratch } from "../cli/run-cli.js";

/** Programs that answer in Slurm's place, and note what they are asked. */
export class StubSlurm {
  /** Finds the stand-ins first. */
  readonly environment: NodeJS.ProcessEnv;
  readonly #scratch: Scratch;

  constructor(scratch: Scratch) {
    this.#scratch = scratch;
    this.environment = {
      ...process.env,
      PATH: `${scratch.path}${delimiter}${process.env.PATH}`,
      SLURM_ARRAY_TASK_COUNT: "9",
      SLURM_CONF: "the-conf",
    };
    this.answer("sbatch", `echo "$(($(grep -c '^sbatch|' "${this.#log}")+100))"`);
    this.answer("squeue", "");
    this.answer("scancel", "");
    this.answer("scontrol", "");
  }

  /** What a program does from now on, as lines of a shell. */
  answer(program: string, lines: string): void {
    const note = `printf '%s|' ${program} "$PWD" "\${SLURM_ARRAY_TASK_COUNT-}" "\${SLURM_CONF-}" "$@" >>"${this.#log}"; echo >>"${this.#log}"`;
    chmodSync(this.#scratch.write(program, `#!/usr/bin/env bash\n${note}\n${lines}\n`), 0o755);
  }

  /** The words of every call so far, with the program first. */
  calls(program: string): string[][] {
    if (!existsSync(this.#log)) return [];
    const lines = readFileSync(this.#log, "utf8").trimEnd().split("\n");
    const calls = lines.map((line) => line.split("|").slice(0, -1));
    return calls.filter(([name]) => name === program).map(([, ...rest]) => rest);
  }

  get #log(): string {
    return this.#scratch.at("calls.txt");
  }
}
