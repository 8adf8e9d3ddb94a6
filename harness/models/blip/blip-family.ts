import { publishedFamily } from "../published/published-family.js";
import { parseBlipConfig } from "./blip-config.js";

/** BLIP, for captions or for questions, as the registry has it. */
export const blipFamily = publishedFamily({
  name: "blip",
  title: "BLIP",
  recognizes: ({ model_type }) => model_type === "blip",
  tellSize: ({ text, vision }) => `width ${text.width}, ${vision.layers} + ${text.layers} layers`,
  parse: parseBlipConfig,
  async describe(config) {
    const { createBlipNetwork } = await import("./blip-network.js");
    const { kind, startId, endId, padId } = config;
    const asks = kind === "vqa";
    return {
      network: createBlipNetwork(config),
      ids: { startId, endId, padId },
      // Tokenizers as they were converted lack the ids behind BERT's own.
      added: { "[DEC]": startId, "[ENC]": startId + 1 },
      ignored: [
        /\.position_ids$/,
        // The second copies of what is tied; the bias beside an output layer of its own.
        config.tied
          ? /^text_decoder\.cls\.predictions\.decoder\.(weight|bias)$/
          : /^text_decoder\.cls\.predictions\.bias$/,
      ],
      imageProcessor: "Blip",
      prompting: asks
        ? { place: "encoder", usual: {}, required: true }
        : { place: "decoder", usual: { en: "a picture of" } },
      ...(asks && { questionTokens: ["[CLS]", "[SEP]"] }),
      decoding: {
        search: "transformers",
        beamSize: 3,
        lengthPenalty: 1,
        earlyStopping: false,
        ...(asks ? { minLength: 0, maxLength: 10 } : { minLength: 5, maxLength: 20 }),
      },
    };
  },
});
