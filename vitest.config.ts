import { defineConfig } from "vitest/config";

/** Where the counts go; see .ci/run. */
const results = process.env.SIMVLM_TEST_RESULTS;

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/reference/**", "**/node_modules/**"],
    globalSetup: "test/temporary-folder.ts",
    testTimeout: 60_000,
    reporters: results ? ["default", ["json", { outputFile: results }]] : ["default"],
  },
});
