import { posix, relative, resolve } from "node:path";
import { Command, type CommandUnknownOpts, InvalidArgumentError } from "@commander-js/extra-typings";
import { SimvlmError } from "@simvlm/metrics";
import { formatKubernetesJobs } from "../cluster/kubernetes-jobs.js";
import { isJobName, isNamespace, isResourceName, nameJobs } from "../cluster/kubernetes-names.js";
import { requireOwnShards } from "../cluster/own-runs.js";
import { printData } from "../terminal/streams.js";
import type { InnerCommand } from "./inner-command.js";
import { LIMITS, type OptionsOf, parseCount, parsePositiveInteger, upTo } from "./options.js";
import { requireLaterPage } from "./output.js";
import { planJobs } from "./plan-jobs.js";
import { parseSweep } from "./sweep-option.js";
import { requireAllOnVolume, requireOnVolume } from "./volume-paths.js";

const WEEK = 7 * 24 * 3600;

const NOTES = `
Example:
  $ simvlm submit kubernetes --image registry.example/simvlm --claim shared --shards 8 --cpu 4 --memory 8Gi -- \\
      run --task caption --data coco --checkpoint base --out runs/base | kubectl apply -f -

The jobs are printed as YAML: one with an index for each shard, and for each combination of --array and --matrix, and one that
waits for all of them, merges shards, scores whole runs and writes the report. The image is that of the project's Dockerfile, in
which simvlm is on the PATH. Paths are those in the container, relative ones seen from --mount, where the volume lies that all
pods share; others than below it are refused.

Exit code 2, the user's mistake, ends an index for good; a pod that was told to go finishes its batch and does not count as
failed. simvlm status RUN says how far the shards are. Kubernetes 1.33 or later.`;

/** `simvlm submit kubernetes` */
export function defineSubmitKubernetes(): CommandUnknownOpts {
  return defineCommand().action(submit);
}

function defineCommand() {
  return new Command("kubernetes")
    .description("Print a command as jobs of Kubernetes: an index for each shard, and one that merges them.")
    .argument("[command...]", "behind --: the command and its options")
    .requiredOption("--image <name>", "the container's image", parseWord)
    .requiredOption("--claim <name>", "the volume claim that all pods share", parseResourceName)
    .option("--mount <path>", "where it lies in the containers", parseMount, "/work")
    .option(
      "--shards <n>",
      "divide a run into so many parts (default: 1), a study (default: one for each cell), or what SPICE judges",
      upTo(LIMITS.shards, parsePositiveInteger),
    )
    .option("--array <options>", "do it with each of these values: seed=1..5,learning-rate=1e-3,3e-4", parseSweep)
    .option("--matrix <options>", "the same, for runs: checkpoint=base,large,data=coco,flickr", parseSweep)
    .option("--at-most <n>", "so many pods at the same time (default: one for each shard)", parsePositiveInteger)
    .option("--report <file>", "write a report on the run at the end")
    .option("--name <name>", "the name of the jobs (default: that of the run's folder)", parseName)
    .option("--namespace <name>", "where they are to be", parseNamespace)
    .option("--cpu <quantity>", "processors of each pod: 4, 500m", parseQuantity)
    .option("--memory <quantity>", "memory of each pod: 8Gi", parseQuantity)
    .option("--gpus <n>", "GPUs of each pod, nvidia.com/gpu", parsePositiveInteger)
    .option(
      "--secret <name>",
      "a secret whose keys are set in the environment, such as SIMVLM_API_KEY",
      parseResourceName,
    )
    .option("--retries <n>", "how often an index is tried again after a failure", parseCount, 3)
    .option("--deadline <seconds>", "how long the second job waits for the first", parsePositiveInteger, WEEK)
    .addHelpText("after", NOTES);
}

async function submit(words: string[], options: OptionsOf<typeof defineCommand>): Promise<void> {
  const {
    shards,
    array = [],
    matrix = [],
    report,
    image,
    claim,
    mount,
    namespace,
    secret,
    atMost,
    retries,
    deadline,
    cpu,
    memory,
    gpus,
  } = options;
  if (report !== undefined) {
    requireOnVolume("--report", report, mount);
    await requireLaterPage("--report", report, isVolume(mount) ? resolve(mount, report) : undefined);
  }
  const check = (inner: InnerCommand) => requireAllOnVolume(inner, mount);
  const plan = await planJobs(words, { shards, sweep: [...array, ...matrix], report, check });
  if (isVolume(mount) && plan.command === "run" && plan.shards > 1) {
    for (const member of plan.members) await requireOwnShards(resolve(mount, member.out), plan.shards);
  }
  const requests = {
    ...(cpu !== undefined && { cpu }),
    ...(memory !== undefined && { memory }),
    ...(gpus !== undefined && { "nvidia.com/gpu": `${gpus}` }),
  };
  const name = options.name ?? nameOf(plan.out);
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const resources = { name, namespace, image, claim, mount, secret, requests, atMost, retries, deadline, time };
  await printData(formatKubernetesJobs(plan, resources));
}

/** Whether the volume is seen here as pods see it: somebody is in it who hands in jobs. */
const isVolume = (mount: string): boolean => !relative(mount, process.cwd()).startsWith("..");

function nameOf(out: string): string {
  const name = nameJobs(out);
  if (name !== undefined) return name;
  throw new SimvlmError("bad-option", `No job can be called after ${JSON.stringify(out)}: give them another --name.`);
}

function parseName(text: string): string {
  if (isJobName(text)) return text;
  throw new InvalidArgumentError("It must be small letters, digits and hyphens, 52 at most.");
}

function parseNamespace(text: string): string {
  if (isNamespace(text)) return text;
  throw new InvalidArgumentError("It must be small letters, digits and hyphens, 63 at most.");
}

function parseResourceName(text: string): string {
  if (isResourceName(text)) return text;
  throw new InvalidArgumentError("It must be small letters, digits, hyphens and dots, 253 at most.");
}

function parseWord(text: string): string {
  if (/^[\w./:@-]+$/.test(text)) return text;
  throw new InvalidArgumentError("It must be a word such as registry.example/simvlm:1.");
}

/** What a container needs of its image: a volume there would hide it. */
const OF_IMAGE = /^\/(?:(?:bin|dev|etc|lib|lib64|opt|proc|sbin|sys|usr)(?:\/|$)|$)/;

function parseMount(text: string): string {
  if (OF_IMAGE.test(posix.normalize(text))) {
    throw new InvalidArgumentError(
      "The volume would hide what the image has there: choose another place, such as /work.",
    );
  }
  if (/^\/[^:]*$/.test(text)) return text;
  throw new InvalidArgumentError("It must be an absolute path without a colon.");
}

function parseQuantity(text: string): string {
  if (/^\d+(\.\d+)?(m|k|[KMGTPE]i?)?$/.test(text)) return text;
  throw new InvalidArgumentError("It must be a quantity of Kubernetes, such as 4, 500m or 8Gi.");
}
