export { SimvlmError } from "@simvlm/metrics";
