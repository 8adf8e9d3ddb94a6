import { afterAll, expect, test } from "vitest";
import { clean, fuzz, listTargets, tryInput } from "./readers.js";

const targets = await listTargets();
afterAll(clean);

/** A few seconds; `FUZZ_CASES=5000 npx vitest run test/fuzz` tries more, `FUZZ_SEED` others. */
const CASES = Number(process.env.FUZZ_CASES ?? 400);
const SEED = Number(process.env.FUZZ_SEED ?? 22);

test("every reader takes what it is tried with", async () => {
  for (const target of targets) expect(await tryInput(target, target.seed), target.name).toBe(false);
}, 600_000);

test("what is damaged or invented is read, or refused with an error of ours, soon and in little memory", async () => {
  const refused = await fuzz(targets, CASES, SEED);
  process.stdout.write(`${CASES} inputs for ${targets.length} readers: ${refused} refused\n`);
  expect(refused).toBeGreaterThan(CASES / 4);
}, 3_600_000);
