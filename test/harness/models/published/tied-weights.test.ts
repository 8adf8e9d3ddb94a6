import { describe, expect, it } from "vitest";
import { parseBlipConfig } from "../../../../harness/models/blip/blip-config.js";
import { createBlipNetwork } from "../../../../harness/models/blip/blip-network.js";
import { parseGitConfig } from "../../../../harness/models/git/git-config.js";
import { createGitNetwork } from "../../../../harness/models/git/git-network.js";

const HEAD = "text_decoder.cls.predictions";

describe("the output layer", () => {
  it.each([
    ["as published", {}, true],
    ["untied by the text's part", { text_config: { tie_word_embeddings: false } }, false],
    ["untied by the whole", { tie_word_embeddings: false }, false],
  ])("of BLIP %s", (_, config, tied) => {
    const network = createBlipNetwork(parseBlipConfig({ model_type: "blip", ...config }, "config.json"));
    expect(`${HEAD}.bias` in network.shapes).toBe(tied);
    expect(`${HEAD}.decoder.weight` in network.shapes).toBe(!tied);
    expect(`${HEAD}.decoder.bias` in network.shapes).toBe(!tied);
    expect(Object.keys(network.tied ?? {})).toEqual(tied ? [`${HEAD}.decoder.weight`, `${HEAD}.decoder.bias`] : []);
  });

  it.each([false, true])("of GIT, tied: %s", (tied) => {
    const network = createGitNetwork(parseGitConfig({ model_type: "git", tie_word_embeddings: tied }, "config.json"));
    expect("output.weight" in network.shapes).toBe(!tied);
    expect(network.shapes["output.bias"]).toEqual([30_522]);
    expect(network.tied).toEqual(tied ? { "output.weight": "git.embeddings.word_embeddings.weight" } : {});
  });
});

it("BLIP's text reads states as wide as its pictures', whatever its config says", () => {
  const config = { model_type: "blip", vision_config: { hidden_size: 384 }, text_config: { encoder_hidden_size: 768 } };
  const { shapes } = createBlipNetwork(parseBlipConfig(config, "config.json"));
  expect(shapes["text_decoder.bert.encoder.layer.0.crossattention.self.key.weight"]).toEqual([768, 384]);
});
