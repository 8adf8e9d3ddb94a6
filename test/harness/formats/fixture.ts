import { fileURLToPath } from "node:url";

/** The path of one of our own tiny files in an official format. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../../../fixtures/datasets/${name}`, import.meta.url));
}
