import { defineConfig } from "vitest/config";

/** Tests against the golden files and the real data in `../shared`, which a fresh clone does not have. */
export default defineConfig({
  test: {
    include: ["test/reference/**/*.test.ts"],
    testTimeout: 120_000,
  },
});
