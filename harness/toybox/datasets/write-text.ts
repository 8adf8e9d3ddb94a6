import { MIXTURES } from "../web/mixtures.js";
import { writeDocument } from "../web/web-documents.js";
import { type Job, toJsonLines, writeTexts } from "../workshop.js";
import type { Split } from "../world/scene.js";

const DOCUMENTS_PER_FILE = 10_000;

/** Web text in the form of C4: compressed JSON lines with a field `text`. */
export function planText(split: Split, size: number): Job[] {
  return Array.from({ length: Math.ceil(size / DOCUMENTS_PER_FILE) }, (_, part) => {
    const first = part * DOCUMENTS_PER_FILE;
    const count = Math.min(DOCUMENTS_PER_FILE, size - first);
    const file = `text/${split}-${String(part).padStart(5, "0")}.json.gz`;
    return {
      files: [file],
      steps: 0,
      async run(workshop) {
        const stream = workshop.random.fork("text").fork(split);
        const { debated, debates } = MIXTURES[workshop.web];
        const documents = Array.from({ length: count }, (_, index) => ({
          text: writeDocument(split, stream.fork(first + index), debated, debates, workshop.world),
        }));
        await writeTexts(workshop.root, { [file]: toJsonLines(documents) });
      },
    };
  });
}
