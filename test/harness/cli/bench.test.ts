import { expect, test } from "vitest";
import { runBinary, runCli } from "./run-cli.js";

interface Row {
  work: string;
  ours: { ms: number; low: number; high: number; rounds: number; megabytes?: number };
  peer: string;
  peers: object;
  ratio?: number;
}

test("without PyTorch the engine's benchmark times the work alone, and says why", () => {
  const args = ["bench", "engine", "--only", "toy-training", "--rounds", "1", "--json"];
  const { code, stdout } = runBinary(args, { ...process.env, SIMVLM_PYTHON: "no-such-python" });
  expect(code).toBe(0);
  const rows = JSON.parse(stdout) as Row[];
  expect(rows).toHaveLength(1);
  const [row] = rows as [Row];
  expect(row).toMatchObject({ peers: {}, peer: expect.stringMatching(/PyTorch is not installed/) });
  expect(row).not.toHaveProperty("ratio");
  expect(row.work).toMatch(/^toy, one training step/);
  expect(row.ours.ms).toBeGreaterThan(0);
  expect(row.ours).toMatchObject({ low: row.ours.ms, high: row.ours.ms, rounds: 1 });
});

test("a work that there is not", async () => {
  const { code, stderr } = await runCli("bench", "engine", "--only", "singing");
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(/base-encoder, .*toy-training/) });
});
