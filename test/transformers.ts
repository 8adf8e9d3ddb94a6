import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** Tiny folders as `@huggingface/transformers` takes them: one that captions, one that is told what to say. */
export const [captioner, chat] = ["captioner", "chat"].map((name) =>
  fileURLToPath(new URL(`../fixtures/transformers/${name}`, import.meta.url)),
) as [string, string];

/** Whether the optional library is installed, as `npm ci` does. */
export const hasTransformers = isInstalled();

function isInstalled(): boolean {
  try {
    createRequire(import.meta.url).resolve("@huggingface/transformers");
    return true;
  } catch {
    console.log("Tests of other people's ONNX folders are skipped: npm ci installs @huggingface/transformers.");
    return false;
  }
}
