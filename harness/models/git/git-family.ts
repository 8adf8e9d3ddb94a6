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
    const { sampleGitNoise } = await import("./git-noise.js");
    const { startId, endId, padId, dropout } = config;
    const network = createGitNetwork(config);
    const ids = { startId, endId, padId };
    return {
      network,
      ids,
      ignored: [/\.position_ids$/, ...(config.tied ? [/^output\.weight$/] : [])],
      imageProcessor: "CLIP",
      prompting: { place: "decoder", usual: {} },
      // As it was trained, and as the library's users fine-tune it: with dropout; every weight decays.
      training: {
        generation: gitObjective(network, ids),
        smoothed: (smoothing) => gitObjective(network, ids, smoothing),
        usual: { learningRate: 1e-5, dropout, stochasticDepth: 0 },
        decays: "all",
        sampleNoise: (sizes, rates, random) => sampleGitNoise(network, sizes, rates, random),
      },
      // As the original searches: four beams, one finished text, its own length penalty.
      decoding: { search: "git", beamSize: 4, lengthPenalty: 0.6, minLength: 0, maxLength: 40 },
    };
  },
});
