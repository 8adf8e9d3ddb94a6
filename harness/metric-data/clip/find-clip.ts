import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { readConfig } from "../../checkpoints/checkpoint.js";
import { resolveModelFolder } from "../../checkpoints/model-folder.js";
import { writeFileAtomic } from "../../files/atomic.js";
import { makeFolder } from "../../files/folders.js";
import { readJson } from "../../files/json.js";
import { metricCacheFolder } from "../folder.js";

/** The one that papers use. */
const USUAL = "openai/clip-vit-base-patch32";
/** In the cache of a CLIP: where it was last. */
const REMEMBERED = "model.json";

const Remembered = z.object({ folder: z.string() }).describe("where a CLIP lies");

/** Which CLIP is meant. */
export interface ClipChoice {
  /** Its folder, or its id in the Hugging Face client's cache; default {@link USUAL} in that cache. */
  readonly clip?: string | undefined;
  /** What a signature calls it, to be found where it was when it was last used. */
  readonly clipName?: string | undefined;
}

/**
 * The folder of the CLIP that is meant.
 * @throws SimvlmError `no-clip` for the usual one where it is not there, and for a model of another kind;
 *   `no-checkpoint` for one that was named and is not there
 */
export async function findClip({ clip, clipName }: ClipChoice): Promise<string> {
  const remembered = clip === undefined && clipName !== undefined ? await recallClip(clipName) : undefined;
  const folder =
    remembered ??
    (await resolveModelFolder(clip ?? USUAL).catch((error: unknown) => {
      throw clip === undefined ? noClip() : error;
    }));
  const config = Object(await readConfig(folder)) as { readonly model_type?: unknown };
  if (config.model_type === "clip") return folder;
  throw new SimvlmError(
    "no-clip",
    `${folder} is no CLIP, which CLIPScore and RefCLIPScore compare pictures and texts with: its config.json says ${JSON.stringify(config.model_type)}. Name the folder of a CLIP.`,
  );
}

function noClip(): SimvlmError {
  return new SimvlmError(
    "no-clip",
    `CLIPScore and RefCLIPScore need a CLIP, which does not come with this program: name its folder. \`hf download ${USUAL}\` fetches the one that papers use, which is found by itself.`,
  );
}

/** Keeps where a CLIP lies, so that what it has scored can be scored again. */
export async function rememberClip(cache: string, folder: string): Promise<void> {
  try {
    await makeFolder(cache);
    await writeFileAtomic(join(cache, REMEMBERED), `${JSON.stringify({ folder: resolve(folder) })}\n`);
  } catch (error) {
    if (!(error instanceof SimvlmError)) throw error; // a cache that cannot be written is done without
  }
}

async function recallClip(name: string): Promise<string | undefined> {
  const caches = metricCacheFolder("clip");
  const known: string[] = await readdir(caches).catch(() => []);
  const cache = known.find((each) => each.startsWith(name));
  if (cache === undefined) return undefined;
  const remembered = await readJson(join(caches, cache, REMEMBERED), Remembered).catch(() => undefined);
  const found = remembered && (await stat(remembered.folder).catch(() => undefined));
  return found?.isDirectory() ? remembered?.folder : undefined;
}
