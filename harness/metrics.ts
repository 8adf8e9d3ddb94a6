export * from "@simvlm/metrics";
