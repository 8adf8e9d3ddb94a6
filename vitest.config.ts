import { defineConfig } from "vitest/config";

/** Where the counts go; see .ci/run. */
const results = process.env.SIMVLM_TEST_RESULTS;

/** What is slow by nature, long trainings and all that the README and the notebooks do: see vitest.slow.config.ts. */
export const SLOW = "test/**/*.slow.test.ts";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: [SLOW, "test/reference/**", "**/node_modules/**"],
    globalSetup: "test/temporary-folder.ts",
    setupFiles: "test/one-thread.ts",
    // Seconds, where nothing else runs; a busy machine takes many times as long, and is not what is tested.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } },
    maxWorkers: "100%",
    // A busy machine kills a process a second late: what fails once is tried again there, and .ci/count.mjs names it.
    retry: process.env.CI ? 1 : 0,
    reporters: results ? ["default", ["json", { outputFile: results }]] : ["default"],
  },
});
