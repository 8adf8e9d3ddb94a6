export { type AttentionFigure, drawFigure } from "./attention-figure.js";
export { captionPicture, type PictureCaption, type PictureCaptionOptions } from "./captioned-picture.js";
export { type Rgb, viridis } from "./colours.js";
export { explainAway } from "./explain-away.js";
export { type Exploration, type ExploreOptions, explore } from "./explore.js";
export type { Looks, Method } from "./looks.js";
export { activateTokens, multiplyByGradient, rollOut, rollOutTokens } from "./methods.js";
export {
  type AttentionChoice,
  averageAttention,
  type Choice,
  poolWords,
  type WordAttention,
} from "./word-attention.js";
export { listWordMaps, mapWords, WORD_MAPS, type WordMap } from "./word-maps.js";
export type { Shares } from "./word-shares.js";
