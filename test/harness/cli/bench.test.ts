import { expect, test } from "vitest";
import { runBinary, runCli } from "./run-cli.js";

interface Row {
  work: string;
  oursMs: number;
  peer: string;
  peerMs: number | null;
  ratio: number | null;
}

test("without PyTorch the engine's benchmark times the work alone, and says why", () => {
  const args = ["bench", "engine", "--only", "toy-training", "--rounds", "1", "--json"];
  const { code, stdout } = runBinary(args, { ...process.env, SIMVLM_PYTHON: "no-such-python" });
  expect(code).toBe(0);
  const rows = JSON.parse(stdout) as Row[];
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ peerMs: null, ratio: null, peer: expect.stringMatching(/PyTorch is not installed/) });
  expect(rows[0]!.work).toMatch(/^toy, one training step/);
  expect(rows[0]!.oursMs).toBeGreaterThan(0);
});

test("a work that there is not", async () => {
  const { code, stderr } = await runCli("bench", "engine", "--only", "singing");
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(/base-encoder, .*toy-training/) });
});
