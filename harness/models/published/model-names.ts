import { basename, dirname, resolve } from "node:path";

/** What a published model is called, and by what. */
export interface ModelName {
  /** Without its organisation: `git-base`. */
  readonly name: string;
  /** What calls it so, for messages. */
  readonly calledBy: string;
}

/**
 * What a model may be called: as its folder in the Hugging Face client's cache, its own folder, and config.json
 * (`_name_or_path`) have it, in this order.
 */
export function listModelNames(folder: string, config: unknown): ModelName[] {
  const path = resolve(folder);
  const named = (config as { readonly _name_or_path?: unknown } | null)?._name_or_path;
  const cached = /^models--(?:.*--)?(.+)$/.exec(basename(dirname(dirname(path))))?.[1];
  return [
    { name: cached ?? "", calledBy: "its folder in the cache" },
    { name: basename(path), calledBy: "its folder" },
    { name: typeof named === "string" ? basename(named) : "", calledBy: "its config.json" },
  ].filter(({ name }) => name !== "");
}
