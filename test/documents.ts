import { mkdtempSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const project = fileURLToPath(new URL("..", import.meta.url));

const PATHS = [
  "README.md",
  "CONTRIBUTING.md",
  "fixtures/checkpoints/README.md",
  "notebooks/README.md",
  "harness/README.md",
  "metrics/README.md",
  ...readdirSync(join(project, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

/** What strangers are given to read, by path. */
export const DOCUMENTS = PATHS.map((path) => ({ path, text: readFileSync(join(project, path), "utf8") }));

/** The blocks of a language (`sh`, `ts`), all documents' together. */
export function blocksOf(language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms");
  return DOCUMENTS.flatMap(({ text }) => [...text.matchAll(fence)].map(([, block]) => block!));
}

/** A folder that looks like the project, where what a document says may leave files. */
export function openScratch(): string {
  const scratch = mkdtempSync(join(tmpdir(), "simvlm-documents-"));
  for (const name of ["package.json", "docs", "examples", "fixtures", "harness", "node_modules"]) {
    symlinkSync(join(project, name), join(scratch, name));
  }
  return scratch;
}
