import type { Flaw } from "../tasks/prediction.js";

/** What a status other than success means: for all that will be asked, for this example, for now. */
export type Fault =
  | { readonly kind: "refused"; readonly code: string; readonly why: string }
  | { readonly kind: "failed"; readonly flaw?: Flaw }
  | { readonly kind: "busy"; readonly wait?: number | undefined };

const ACCOUNT = { code: "endpoint-quota", why: "The account has no quota or credit left: waiting does not help." };
const ADDRESS = {
  code: "endpoint-refused",
  why: "Check the address, the model's name and the key in SIMVLM_API_KEY.",
};

/** What will be the same for every example: a wrong key, URL or model. */
const REFUSED: ReadonlySet<number> = new Set([401, 403, 404, 405, 407, 410]);
const PAYMENT_REQUIRED = 402;
const TIMED_OUT = 408;
const TOO_MANY = 429;
const FIRST_SERVER_ERROR = 500;

const NO_QUOTA =
  /insufficient[\s_-]*(?:quota|balance|credits?|funds)|credit balance is too low|billing[\s_-]*hard[\s_-]*limit|billing[\s_-]*not[\s_-]*active/i;
/** Some say this of the minute, too, and then when to come back. */
const NO_QUOTA_OR_TOO_FAST = /exceeded your current quota|quota[\s_-]*exceeded/i;
const FILTERED = /content[\s_-]*filter|content[\s_-]*policy[\s_-]*violation|ResponsibleAIPolicyViolation/i;

/** Looks at what a server said that did not answer. */
export function classifyFault(status: number, headers: Headers, body: string): Fault {
  const wait = readWait(headers);
  const isLimit = status < FIRST_SERVER_ERROR;
  const hasNoQuota = NO_QUOTA.test(body) || (wait === undefined && NO_QUOTA_OR_TOO_FAST.test(body));
  if (status === PAYMENT_REQUIRED || (isLimit && hasNoQuota)) return { kind: "refused", ...ACCOUNT };
  if (REFUSED.has(status)) return { kind: "refused", ...ADDRESS };
  if (status === TIMED_OUT || status === TOO_MANY || status >= FIRST_SERVER_ERROR) return { kind: "busy", wait };
  return { kind: "failed", ...(FILTERED.test(body) && { flaw: "filtered" as const }) };
}

/** Seconds that the server asks for: in milliseconds, in seconds or as a date. */
function readWait(headers: Headers): number | undefined {
  const milliseconds = headers.get("retry-after-ms") ?? "";
  if (isNumber(milliseconds)) return Number(milliseconds) / 1000;
  const header = headers.get("retry-after") ?? "";
  if (isNumber(header)) return Number(header);
  const seconds = (Date.parse(header) - Date.now()) / 1000;
  return Number.isNaN(seconds) || !/^[a-z]{3,9},/i.test(header) ? undefined : Math.max(0, seconds);
}

const isNumber = (text: string): boolean => /^\d{1,15}(\.\d{1,9})?$/.test(text);
