import { VERSION } from "@simvlm/metrics";
import { Document } from "yaml";
import { EXIT_BAD_INPUT, EXIT_UNFINISHED } from "../exit-codes.js";
import { JOB_FOLDERS } from "../files/job-folders.js";
import { quotePosix } from "./shell-words.js";
import { folderOptionOf, type Submission } from "./submission.js";

/** What the pods are given. */
export interface KubernetesResources {
  /** Of both jobs; the second's has `-merge` behind it. */
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly image: string;
  /** The volume claim with data, models and runs. */
  readonly claim: string;
  /** Where it lies in a container, and what relative paths are seen from. */
  readonly mount: string;
  /** As Kubernetes names them: `cpu`, `memory`, `nvidia.com/gpu`. */
  readonly requests: Readonly<Record<string, string>>;
  /** A secret whose keys are variables of the environment. */
  readonly secret?: string | undefined;
  readonly atMost?: number | undefined;
  /** How often a task is tried again that was not merely stopped. */
  readonly retries: number;
  /** After so many seconds the second job no longer waits. */
  readonly deadline: number;
}

/** What was stopped where it can go on does not count as a failure. */
const STOPPED = [
  { action: "Ignore", onExitCodes: { operator: "In", values: [EXIT_UNFINISHED] } },
  { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
];

type Plan = Pick<Submission, "command" | "words" | "members" | "shards" | "leaves" | "finish">;

/** In seconds: what a pod that is to go has for finishing its batch. */
const GRACE = 120;
/** The user `node` of the image, to whom the volume must belong. */
const GROUP = 1000;

/**
 * The jobs as YAML: one with an index for each shard, and one that waits for all shards and merges them.
 * @param plan of one member
 */
export function formatKubernetesJobs(plan: Plan, resources: KubernetesResources): string {
  const { shards, members, command, words } = plan;
  const out = members[0]!.out;
  const { name, atMost, retries, deadline, requests } = resources;
  const own = { requests, limits: requests };
  const tasks = {
    completionMode: "Indexed",
    completions: shards,
    parallelism: Math.min(atMost ?? shards, shards),
    backoffLimitPerIndex: retries,
    podFailurePolicy: {
      rules: [
        // What was asked for is wrong, and would be at any other time.
        { action: "FailIndex", onExitCodes: { operator: "In", values: [EXIT_BAD_INPUT] } },
        ...STOPPED,
      ],
    },
    template: formatPod(resources, formatTask(plan), [out, ...words], own),
  };
  const merging = {
    backoffLimit: retries,
    activeDeadlineSeconds: deadline,
    podFailurePolicy: {
      rules: [{ action: "FailJob", onExitCodes: { operator: "In", values: [EXIT_BAD_INPUT] } }, ...STOPPED],
    },
    template: formatPod(resources, formatMerging(out, plan), [], own),
  };
  const documents = [
    formatJob(name, resources, tasks),
    ...(plan.finish.length === 0 ? [] : [formatJob(`${name}-merge`, resources, merging)]),
  ];
  const [first, ...rest] = documents.map((each) =>
    new Document(each, { aliasDuplicateObjects: false }).toString({ lineWidth: 0 }),
  );
  return [
    `# simvlm ${command}${shards > 1 ? ` in ${shards} shards` : ""}, written by simvlm ${VERSION}.\n${first}`,
    ...rest,
  ].join("---\n");
}

function formatJob(name: string, { namespace }: KubernetesResources, spec: object): object {
  const metadata = {
    name,
    ...(namespace !== undefined && { namespace }),
    labels: { "app.kubernetes.io/name": "simvlm" },
  };
  return { apiVersion: "batch/v1", kind: "Job", metadata, spec };
}

function formatPod(
  { image, claim, mount, secret }: KubernetesResources,
  script: string,
  words: readonly string[],
  resources: object,
): object {
  const container = {
    name: "simvlm",
    image,
    command: ["/bin/sh", "-c", expandable(script), "simvlm"],
    ...(words.length > 0 && { args: words.map(expandable) }),
    workingDir: mount,
    ...(secret !== undefined && { envFrom: [{ secretRef: { name: secret } }] }),
    resources,
    volumeMounts: [{ name: "shared", mountPath: mount }],
  };
  return {
    metadata: { labels: { "app.kubernetes.io/name": "simvlm" } },
    spec: {
      restartPolicy: "Never", // a pod failure policy has its say only then
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: GRACE,
      securityContext: { fsGroup: GROUP },
      containers: [container],
      volumes: [{ name: "shared", persistentVolumeClaim: { claimName: claim } }],
    },
  };
}

/** Kubernetes fills in `$(NAME)` before a shell sees it, and takes `$$` for `$`. */
const expandable = (text: string): string => text.replace(/\$(?=[$(])/g, "$$$$");

/** The first argument is the folder of all, the others are the command's words. */
function formatTask({ command, shards, leaves }: Plan): string {
  const option = `--${folderOptionOf(command)}`;
  if (shards === 1) return `set -eu\nout=$1; shift\nexec simvlm ${command} "$@" ${option} "$out"\n`;
  return `set -eu
out=$1; shift
shard=$((JOB_COMPLETION_INDEX + 1))
exec simvlm ${command} "$@" --shard "$shard/${shards}" ${option} "${leaves ? "$out" : `$out/${JOB_FOLDERS.shards}/$shard`}"
`;
}

/** The shell waits for what it has begun, since it would else hear of TERM only after that; it hands TERM on. */
function formatMerging(out: string, plan: Plan): string {
  const { finish } = plan;
  const following = finish.map(({ command, shardsOf, words }) => {
    const quoted = words.map(quotePosix).join(" ");
    return `follow simvlm ${command}${shardsOf === undefined ? "" : ' "$@"'} ${quoted}
code=$?
[ "$code" -le "$worst" ] || worst=$code
[ "$code" -le 1 ] || exit "$code"
`;
  });
  return `set -u
child=
stop() { kill -TERM "$child" 2>/dev/null && wait "$child"; exit ${EXIT_UNFINISHED}; }
trap stop TERM
follow() { "$@" & child=$!; wait "$child"; }
out=${quotePosix(out)}
${formatWaiting(plan)}worst=0
${following.join("")}exit "$worst"
`;
}

/** Until each shard has left what it leaves when it is done: a run its seal, which is the last thing that is written of it. */
function formatWaiting({ shards, leaves }: Plan): string {
  if (leaves) {
    const files = leaves.flat().map(quotePosix).join(" ");
    return `for file in ${files}; do\n  until [ -e "$out/$file" ]; do follow sleep 10; done\ndone\n`;
  }
  const folder = shards === 1 ? "$out" : `$out/${JOB_FOLDERS.shards}/$shard`;
  return `for shard in $(seq ${shards}); do
  until [ -e "${folder}/seal.json" ]; do follow sleep 10; done
  set -- "$@" "${folder}"
done
`;
}
