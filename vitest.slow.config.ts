import { mergeConfig } from "vitest/config";
import base, { SLOW } from "./vitest.config.js";

/** Tests that take minutes whatever the machine: long trainings, every command of the documents, every notebook. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: ["**/node_modules/**"] } },
  { test: { include: [SLOW], testTimeout: 600_000, hookTimeout: 600_000 } },
);
