import { readFileSync } from "node:fs";

/** A file of `fixtures/metrics`. */
export function readFixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../fixtures/metrics/${name}`, import.meta.url), "utf8")) as T;
}
