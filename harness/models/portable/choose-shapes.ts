import { givenDecoding } from "../captioner.js";
import type { VisionLanguageModel } from "../vision-language-model.js";
import { type AskedShapes, type PortableShapes, USUAL_SHAPES } from "./portable-model.js";

/** What is not asked for is as large as usual, and as large as what the model does unless somebody asks otherwise. */
export function chooseShapes(model: VisionLanguageModel, asked: AskedShapes): PortableShapes {
  const { family = {} } = givenDecoding(model, 0);
  const { beams, promptLength, maxLength } = USUAL_SHAPES;
  return {
    beams: asked.beams ?? Math.max(beams, family.beamSize ?? 1),
    promptLength: asked.promptLength ?? Math.min(promptLength, model.prompting.longest),
    maxLength: asked.maxLength ?? Math.min(Math.max(maxLength, family.maxLength ?? 1), model.longestText + 1),
  };
}
