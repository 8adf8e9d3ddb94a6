import type { Command } from "commander";

export function addProviderOption(command: Command): Command {
  return command.option("--provider <name>", "what computes: cpu, webgpu, cuda, coreml, dml", "cpu");
}
