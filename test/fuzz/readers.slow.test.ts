import { afterAll, expect, test } from "vitest";
import { clean, fuzz, listTargets } from "./readers.js";

const targets = await listTargets();
afterAll(clean);

/** What lands is tried for a minute. */
const CASES = Number(process.env.FUZZ_CASES ?? (process.env.CI ? 4_000 : 20_000));
const SEED = Number(process.env.FUZZ_SEED ?? Date.now());

test("thousands of damaged and invented inputs are read, or refused with an error of ours", async () => {
  process.stdout.write(`seed ${SEED}\n`);
  const refused = await fuzz(targets, CASES, SEED);
  process.stdout.write(`${CASES} inputs for ${targets.length} readers: ${refused} refused\n`);
  expect(refused).toBeGreaterThan(CASES / 4);
}, 3_600_000);
