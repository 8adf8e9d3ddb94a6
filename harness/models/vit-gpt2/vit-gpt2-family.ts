import { publishedFamily } from "../published/published-family.js";
import { parseVitGpt2Config } from "./vit-gpt2-config.js";

/** ViT-GPT2 as the registry has it. */
export const vitGpt2Family = publishedFamily({
  name: "vit-gpt2",
  title: "ViT-GPT2",
  recognizes: ({ model_type }) => model_type === "vision-encoder-decoder",
  tellSize: ({ text, vision }) => `width ${text.width}, ${vision.layers} + ${text.layers} layers`,
  parse: parseVitGpt2Config,
  async describe(config) {
    const { createVitGpt2Network } = await import("./vit-gpt2-network.js");
    const { startId, endId, padId, text } = config;
    return {
      network: createVitGpt2Network(config),
      ids: { startId, endId, padId },
      ignored: [
        /\.(attn|crossattention)\.(bias|masked_bias)$/,
        /^encoder\.pooler\./,
        ...(text.tied ? [/^decoder\.lm_head\.weight$/] : []),
      ],
      imageProcessor: "ViT",
      prompting: { place: "decoder", usual: {} },
      // At most 16 ids, the start among them.
      decoding: {
        search: "transformers",
        beamSize: 4,
        lengthPenalty: 1,
        earlyStopping: false,
        minLength: 0,
        maxLength: 15,
      },
    };
  },
});
