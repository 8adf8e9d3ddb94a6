export * from "./display/index.js";
