import { basename } from "node:path";
import { hashText } from "../files/hash.js";

/** A label of DNS as RFC 1123 has it, with room for `-merge` and for the number that each pod has. */
const JOB = /^[a-z\d](?:[a-z\d-]{0,50}[a-z\d])?$/;
const NAMESPACE = /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/;
/** Labels with dots between them, as claims and secrets may be called. */
const SUBDOMAIN = /^(?=.{1,253}$)[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)*$/;

/** Whether jobs of ours may be called so. */
export const isJobName = (text: string): boolean => JOB.test(text);
/** Whether a namespace may be called so. */
export const isNamespace = (text: string): boolean => NAMESPACE.test(text);
/** Whether a volume claim or a secret may be called so. */
export const isResourceName = (text: string): boolean => SUBDOMAIN.test(text);

/** A letter or digit that names have no place for. */
const FOREIGN = /(?=\P{ASCII})[\p{L}\p{N}]/u;
const LONGEST = 50;
/** Of a name that has lost letters: so many digits of a hash tell it from others that are left the same. */
const DIGITS = 6;

/** What jobs are called after a folder: its letters without accents; undefined where it has no letter at all. */
export function nameJobs(out: string): string | undefined {
  const plain = basename(out).normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const hash = FOREIGN.test(plain) ? [hashText(basename(out)).slice(0, DIGITS)] : [];
  const room = LONGEST - hash.join("").length - hash.length;
  const kept = plain
    .replace(/[^a-z\d]+/g, "-")
    .slice(0, room)
    .replace(/^-+|-+$/g, "");
  const name = [kept === "" && hash.length > 0 ? "run" : kept, ...hash].join("-");
  return isJobName(name) ? name : undefined;
}
