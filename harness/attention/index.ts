export { captionPicture, type PictureCaption, type PictureCaptionOptions } from "./caption.js";
export { type Rgb, viridis } from "./colours.js";
export { type Exploration, type ExploreOptions, explore, type Looks, type Method } from "./explore.js";
export { type AttentionFigure, drawFigure } from "./figure.js";
export { differentiateLogits, multiplyByGradient } from "./gradient.js";
export { type AttentionRecord, recordAttention } from "./record.js";
export { recordSelfAttention, rollOut, rollOutTokens, type SelfAttention } from "./rollout.js";
export { type AttentionChoice, averageAttention, type Choice, poolWords, type WordAttention } from "./words.js";
