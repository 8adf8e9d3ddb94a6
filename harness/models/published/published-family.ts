import { join } from "node:path";
import { FILES, readConfig } from "../../checkpoints/checkpoint.js";
import { defineFamily, type FamilyDefinition, groupParts, type ModelSummary } from "../family.js";
import { listFacts } from "./model-facts.js";
import type { PublishedParts } from "./open-published.js";
import { PUBLISHED_FILES, partOf } from "./published-files.js";
import type { PublishedModel } from "./published-model.js";

/** What a family of published captioners says of itself. @typeParam Config what its config.json is read as */
export interface PublishedFamily<Config> extends Pick<FamilyDefinition, "name" | "title" | "recognizes"> {
  /** @throws SimvlmError `bad-config`, `unsupported-model` */
  parse(config: unknown, where: string): Config;
  tellSize(config: Config): string;
  /** The network is loaded when a model is opened, so that a list of the families costs nothing. */
  describe(config: Config): Promise<Omit<PublishedParts, "folder" | "family" | "config">>;
}

/** A family of captioners whose folders are those of the Hugging Face client. */
export function publishedFamily<Config>(family: PublishedFamily<Config>): FamilyDefinition {
  const { name, title, recognizes, parse, tellSize, describe } = family;
  const read = async (folder: string) => {
    const config = await readConfig(folder);
    return { config, parsed: parse(config, join(folder, FILES.config)) };
  };
  const open = async (folder: string): Promise<PublishedModel> => {
    const { config, parsed } = await read(folder);
    const { openPublished } = await import("./open-published.js");
    return openPublished({ folder, family: name, config, ...(await describe(parsed)) });
  };
  return defineFamily({
    name,
    title,
    recognizes,
    files: [...PUBLISHED_FILES, FILES.recipe], // the recipe of one that was fine-tuned here
    heads: false,
    async weightNames(folder) {
      const { parsed } = await read(folder);
      return Object.keys((await describe(parsed)).network.shapes);
    },
    open,
    async summarize(folder): Promise<ModelSummary> {
      const model = await open(folder);
      const { config } = model.description;
      return {
        config: config as ModelSummary["config"],
        parts: groupParts(model.network.shapes, partOf),
        facts: listFacts(model),
      };
    },
    tellSize: (config) => tellSize(parse(config, name)),
  });
}
