export { type Rgb, viridis } from "./colours.js";
export { type AttentionFigure, drawFigure } from "./figure.js";
export { type AttentionRecord, recordAttention } from "./record.js";
export { type AttentionChoice, averageAttention, type Choice, poolWords, type WordAttention } from "./words.js";
