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
    const { gitObjective } = await import("./git-objective.js");
    const { startId, endId, padId } = config;
    const network = createGitNetwork(config);
    const ids = { startId, endId, padId };
    return {
      network,
      ids,
      ignored: [/\.position_ids$/, ...(config.tied ? [/^output\.weight$/] : [])],
      imageProcessor: "CLIP",
      prompting: { place: "decoder", usual: {} },
      // As the original searches: four beams, one finished text, its own length penalty.
      // As the library's users fine-tune it: without noise, every weight decays.
      training: {
        generation: gitObjective(network, ids),
        smoothed: (smoothing) => gitObjective(network, ids, smoothing),
        usual: { learningRate: 1e-5, dropout: 0, stochasticDepth: 0 },
        decays: "all",
      },
      decoding: { search: "git", beamSize: 4, lengthPenalty: 0.6, minLength: 0, maxLength: 40 },
    };
  },
});
