export * from "./explorer/index.js";
