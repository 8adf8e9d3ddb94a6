import { Command } from "commander";

export function createDiffCommand(): Command {
  return new Command("diff");
}
