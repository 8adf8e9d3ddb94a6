import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { defineSubmitKubernetes } from "./submit-kubernetes.js";
import { defineSubmitResume } from "./submit-resume.js";
import { defineSubmitSlurm } from "./submit-slurm.js";

const EXAMPLES = `
Examples:
  $ simvlm submit slurm --shards 8 --time 1:00:00 -- run --task caption --data coco --checkpoint base --out runs/base
  $ simvlm status runs/base
  $ simvlm cancel runs/base`;

/** `simvlm submit` */
export function createSubmitCommand(): CommandUnknownOpts {
  return new Command("submit")
    .description("Hand in work to a cluster, which divides, repeats and joins it.")
    .addHelpText("after", EXAMPLES)
    .addCommand(defineSubmitSlurm())
    .addCommand(defineSubmitKubernetes())
    .addCommand(defineSubmitResume());
}
