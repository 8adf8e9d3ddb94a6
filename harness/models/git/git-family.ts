import { publishedFamily } from "../published/published-family.js";
import { parseGitConfig } from "./git-config.js";

/** GIT, for captions and questions, as the registry has it. */
export const gitFamily = publishedFamily({
  name: "git",
  title: "GIT",
  recognizes: ({ model_type }) => model_type === "git",
  tellSize: ({ text, vision }) => `width ${text.width}, ${vision.layers} + ${text.layers} layers`,
  parse: parseGitConfig,
  async describe(config) {
    const { createGitNetwork } = await import("./git-network.js");
    const { startId, endId, padId } = config;
    return {
      network: createGitNetwork(config),
      ids: { startId, endId, padId },
      ignored: [/\.position_ids$/, ...(config.tied ? [/^output\.weight$/] : [])],
      imageProcessor: "CLIP",
      prompting: { place: "decoder", usual: {} },
      // As the original searches: four beams, one finished text, its own length penalty.
      decoding: { search: "git", beamSize: 4, lengthPenalty: 0.6, minLength: 0, maxLength: 40 },
    };
  },
});
