import { existsSync } from "node:fs";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { type ModelId, parseModelId, resolveModelFolder } from "../../checkpoints/model-folder.js";
import { problemOf } from "../../engine/providers.js";
import { cacheFolder } from "../../files/home.js";
import type { Dtype } from "./graphs.js";
import { GRAPHS } from "./graphs.js";
import { LIBRARY, type Library, type LoadingOptions, stayOffline } from "./library.js";

/** Where a model lies, and the name that it was asked for by, where it was no folder. */
export interface FoundModel {
  readonly folder: string;
  readonly name?: string;
}

/**
 * Looks for a folder, then for a model of that name in the Hugging Face client's cache, then in what the library fetched
 * for this program before; fetches it only where that is allowed.
 * @throws SimvlmError `not-downloaded` saying where it was looked for, `download-failed`, `unsupported-model`
 */
export async function findModel(
  library: Library,
  nameOrFolder: string,
  {
    allowDownload = false,
    dtype,
  }: { readonly allowDownload?: boolean | undefined; readonly dtype?: Dtype | undefined },
): Promise<FoundModel> {
  const name = existsSync(nameOrFolder) ? {} : { name: nameOrFolder };
  const missing = await resolveModelFolder(nameOrFolder, process.env, [GRAPHS]).catch((error: unknown) => {
    if (error instanceof SimvlmError && error.code === "no-checkpoint") return error;
    throw error;
  });
  if (typeof missing === "string") return { folder: missing, ...name };
  const id = parseModelId(nameOrFolder);
  if (!id || existsSync(nameOrFolder)) throw new SimvlmError("not-downloaded", missing.message);
  const fetched = join(cacheFolder(), "transformers");
  const folder = join(fetched, id.repository, id.revision ?? "");
  if (allowDownload) await download(library, id, fetched, dtype);
  else if (!existsSync(join(folder, GRAPHS))) throw new SimvlmError("not-downloaded", missing.message);
  return { folder, ...name };
}

/** Lets the library load a model once with the network allowed: it keeps what it fetches. */
async function download(library: Library, { repository, revision }: ModelId, cache: string, dtype: Dtype = "fp32") {
  const { env, AutoModelForImageTextToText: chats, AutoModelForVision2Seq: captioners } = library;
  const options: LoadingOptions = { local_files_only: false, ...(revision !== undefined && { revision }) };
  env.allowRemoteModels = true;
  env.useFSCache = true;
  env.cacheDir = cache;
  env.fetch = (address, request) => fetch(address, request);
  if (process.env.HF_ENDPOINT) env.remoteHost = process.env.HF_ENDPOINT;
  try {
    const { model_type = "" } = Object(await library.AutoConfig.from_pretrained(repository, options));
    const auto = [chats, captioners].find((each) => each.supports(String(model_type)));
    await library.AutoTokenizer.from_pretrained(repository, options);
    await library.AutoProcessor.from_pretrained(repository, options);
    // what is of another kind is refused by whoever reads the folder, before much is fetched
    const model = await auto?.from_pretrained(repository, { ...options, dtype });
    await model?.dispose();
  } catch (error) {
    throw new SimvlmError("download-failed", `${LIBRARY} could not fetch ${repository}: ${problemOf(error)}`, {
      cause: error,
    });
  } finally {
    stayOffline(library);
  }
}
