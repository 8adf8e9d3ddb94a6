export { SimvlmError } from "./error.js";
