import { mergeConfig } from "vitest/config";
import base from "./vitest.config.js";

/** Tests against the golden files and the real data in `../shared`, which a fresh clone does not have. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: ["**/node_modules/**"] } },
  { test: { include: ["test/reference/**/*.test.ts"] } },
);
