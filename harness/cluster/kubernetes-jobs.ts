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
  /** A word for this time that the work is handed in: what is left of others says nothing of it. */
  readonly time: string;
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

/** The jobs as YAML: one with an index for each shard of each member, and one that waits for all of them and merges them. */
export function formatKubernetesJobs(plan: Plan, resources: KubernetesResources): string {
  const { shards, members, command } = plan;
  const indexes = shards * members.length;
  const { name, atMost, retries, deadline, requests } = resources;
  const own = { requests, limits: requests };
  const tasks = {
    completionMode: "Indexed",
    completions: indexes,
    parallelism: Math.min(atMost ?? indexes, indexes),
    backoffLimitPerIndex: retries,
    podFailurePolicy: {
      rules: [
        // What was asked for is wrong, and would be at any other time.
        { action: "FailIndex", onExitCodes: { operator: "In", values: [EXIT_BAD_INPUT] } },
        ...STOPPED,
      ],
    },
    template: formatPod(resources, formatTask(plan, resources), argumentsOf(plan), own),
  };
  const merging = {
    backoffLimit: retries,
    activeDeadlineSeconds: deadline,
    podFailurePolicy: {
      rules: [{ action: "FailJob", onExitCodes: { operator: "In", values: [EXIT_BAD_INPUT] } }, ...STOPPED],
    },
    template: formatPod(resources, formatMerging(plan, resources), [], own),
  };
  const documents = [
    formatJob(name, resources, tasks),
    ...(plan.finish.length === 0 ? [] : [formatJob(`${name}-merge`, resources, merging)]),
  ];
  const [first, ...rest] = documents.map((each) =>
    new Document(each, { aliasDuplicateObjects: false }).toString({ lineWidth: 0 }),
  );
  return [
    `# ${members.length > 1 ? `${members.length} times ` : ""}simvlm ${command}${shards > 1 ? ` in ${shards} shards` : ""}, written by simvlm ${VERSION}.\n# To hand it in again, print it again.\n${first}`,
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

/** Of one member the folder, which is the first argument, and the words of the command; of several the words that they share. */
function argumentsOf({ members, words }: Plan): string[] {
  return members.length === 1 ? [members[0]!.out, ...words] : [...words];
}

/**
 * An index leaves how it ended, unless it is to be tried again as it is; TERM is handed on, as in the second job. Whom to is `$!`,
 * which the shell knows as soon as it has begun something: a variable would be set too late for a TERM that comes at once.
 */
function formatTask(plan: Plan, { time }: KubernetesResources): string {
  const { command, shards, leaves } = plan;
  const own = shards === 1 || leaves ? "$out" : `$out/${JOB_FOLDERS.shards}/$shard`;
  const part = shards === 1 ? "" : ` --shard "$shard/${shards}"`;
  return `set -eu
${chooseMember(plan)}shard=$((JOB_COMPLETION_INDEX % ${shards} + 1))
ended="$out/${JOB_FOLDERS.jobs}/${time}"
stop() { kill -TERM "\${!-}" 2>/dev/null || exit ${EXIT_UNFINISHED}; wait "$!"; exit $?; }
trap stop TERM
simvlm ${command} "$@"${part} --${folderOptionOf(command)} "${own}" &
code=0
wait "$!" || code=$?
case $code in 0 | 1 | ${EXIT_BAD_INPUT}) mkdir -p "$ended" && echo $code >"$ended/$shard" ;; esac
exit $code
`;
}

/** Puts what is a member's own behind what all share. */
function chooseMember({ members, shards }: Plan): string {
  if (members.length === 1) return "out=$1; shift\n";
  const cases = members.map(({ out, words }, i) => {
    const both = ['set -- "$@"', ...words.map(quotePosix)].join(" ");
    return `  ${i}) out=${quotePosix(out)}; ${both} ;;\n`;
  });
  return `case $((JOB_COMPLETION_INDEX / ${shards})) in\n${cases.join("")}  *) exit 1 ;;\nesac\n`;
}

/** The shell waits for what it has begun, since it would else hear of TERM only after that; it hands TERM on. */
function formatMerging(plan: Plan, resources: KubernetesResources): string {
  const { finish, shards } = plan;
  const following = finish.map(({ command, shardsOf, words }) => {
    const quoted = words.map(quotePosix).join(" ");
    const listed = `set --
for shard in $(seq ${shards}); do set -- "$@" ${quotePosix(shardsOf ?? "")}"/${JOB_FOLDERS.shards}/$shard"; done
`;
    return `${shardsOf === undefined ? "" : listed}follow simvlm ${command}${shardsOf === undefined ? "" : ' "$@"'} ${quoted}
code=$?
[ "$code" -le "$worst" ] || worst=$code
[ "$code" -le 1 ] || exit "$code"
`;
  });
  return `set -u
stop() { kill -TERM "\${!-}" 2>/dev/null && wait "$!"; exit ${EXIT_UNFINISHED}; }
trap stop TERM
follow() { "$@" & wait "$!"; }
${formatWaiting(plan, resources)}worst=0
${following.join("")}exit "$worst"
`;
}

/**
 * Until each index has ended, and left what it leaves when it is done: a run its seal, which is the last thing that is
 * written of it. What was refused as bad input is not tried again, and ends the waiting.
 */
function formatWaiting({ members, shards, leaves }: Plan, { time }: KubernetesResources): string {
  const seal = shards === 1 ? "seal.json" : `${JOB_FOLDERS.shards}/$shard/seal.json`;
  const files = leaves ? leaves.flat().map(quotePosix).join(" ") : undefined;
  const rest = files === undefined ? "" : `  for file in ${files}; do await "$out/$file"; done\n`;
  return `await() {
  until [ -e "$1" ]; do
    refused=$(grep -lx ${EXIT_BAD_INPUT} "$ended"/* 2>/dev/null | head -n 1)
    [ -z "$refused" ] || { echo "simvlm: shard \${refused##*/} of $out was refused: its pod's log says why" >&2; exit ${EXIT_BAD_INPUT}; }
    follow sleep 10
  done
}
for out in ${members.map(({ out }) => quotePosix(out)).join(" ")}; do
  ended="$out/${JOB_FOLDERS.jobs}/${time}"
  for shard in $(seq ${shards}); do
    await "$ended/$shard"
${leaves ? "" : `    await "$out/${seal}"\n`}  done
${rest}done
`;
}
