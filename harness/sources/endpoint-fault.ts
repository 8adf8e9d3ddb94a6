import type { Flaw } from "../tasks/prediction.js";

/** What a status other than success means: for all that will be asked, for this example, for now. */
export type Fault =
  | { readonly kind: "refused"; readonly code: string; readonly why: string }
  | { readonly kind: "failed"; readonly flaw?: Flaw }
  | { readonly kind: "busy"; readonly wait?: number | undefined };

const ACCOUNT = { code: "endpoint-quota", why: "The account has no quota or credit left: waiting does not help." };
const ALLOWANCE = {
  code: "endpoint-quota",
  why:
    "What the account is allowed in a day, a week or a month is used up. What has been answered is kept; run the same " +
    "command when there is some again.",
};
const ADDRESS = {
  code: "endpoint-refused",
  why: "Check the address, the model's name and the key in SIMVLM_API_KEY.",
};
const MOVED = {
  code: "endpoint-refused",
  why: "No redirection is followed, for the key would go along: name the address that it leads to, if you trust it.",
};
const SECURE = { code: "endpoint-refused", why: "The address may have to begin with https://." };
const PROXY = {
  code: "endpoint-refused",
  why: "The proxy wants to know who asks: put a user name and a password into its address, HTTP_PROXY or HTTPS_PROXY.",
};

/** What will be the same for every example: a wrong key, URL or model. */
const REFUSED: ReadonlySet<number> = new Set([401, 403, 404, 405, 410]);
const MOVES: ReadonlySet<number> = new Set([300, 301, 302, 303, 307, 308]);
const PAYMENT_REQUIRED = 402;
const PROXY_AUTHENTICATION = 407;
const TIMED_OUT = 408;
const TOO_MANY = 429;
const FIRST_SERVER_ERROR = 500;

const NO_QUOTA =
  /insufficient[\s_-]*(?:quota|balance|credits?|funds)|(?:credit )?balance is too low|(?:no|not enough|out of|exhausted (?:your|all)|exceeded your)[\s\w]{0,30}\bcredits?\b|credits? (?:exhausted|exceeded|depleted)|billing[\s_-]*hard[\s_-]*limit|billing[\s_-]*not[\s_-]*active|spend(?:ing)?[\s_-]*limit/i;
/** Limits that are not over before tomorrow. */
const FOR_LONG = /per[\s_-]*(?:day|week|month)|\b(?:daily|weekly|monthly)\b|\b(?:RPD|TPD)\b/i;
const LIMIT = /limit|quota|credit|exceed|exhaust/i;
const FOR_A_MOMENT = /per[\s_-]*(?:minute|second|hour)|\b(?:RPM|TPM|RPS)\b|try again (?:later|shortly|soon)/i;
/** Some say this of the minute, too, and then when to come back. */
const NO_QUOTA_OR_TOO_FAST = /exceeded your current quota|quota[\s_-]*exceeded|RESOURCE_EXHAUSTED/i;
/** As nginx, Go and Apache say it. */
const WANTS_HTTPS =
  /plain HTTP request was sent to HTTPS|HTTP request to an HTTPS server|speaking plain HTTP to an SSL/i;
const FILTERED = /content[\s_-]*filter|content[\s_-]*policy[\s_-]*violation|ResponsibleAIPolicyViolation/i;

/** Looks at what a server said that did not answer. */
export function classifyFault(status: number, headers: Pick<Headers, "get">, body: string): Fault {
  const told = readWait(headers);
  const wait = told ?? readWaitInBody(body);
  if (status === PAYMENT_REQUIRED) return { kind: "refused", ...ACCOUNT };
  if (status < FIRST_SERVER_ERROR) {
    if (NO_QUOTA.test(body)) return { kind: "refused", ...ACCOUNT };
    if (status === TOO_MANY && isUsedUp(body, told !== undefined)) return { kind: "refused", ...ALLOWANCE };
    const isForAMoment = wait !== undefined || FOR_A_MOMENT.test(body);
    if (!isForAMoment && NO_QUOTA_OR_TOO_FAST.test(body)) return { kind: "refused", ...ACCOUNT };
  }
  if (status < FIRST_SERVER_ERROR && WANTS_HTTPS.test(body)) return { kind: "refused", ...SECURE };
  if (MOVES.has(status)) return { kind: "refused", ...MOVED };
  if (status === PROXY_AUTHENTICATION) return { kind: "refused", ...PROXY };
  if (REFUSED.has(status)) return { kind: "refused", ...ADDRESS };
  if (status === TIMED_OUT || status === TOO_MANY || status >= FIRST_SERVER_ERROR) return { kind: "busy", wait };
  return { kind: "failed", ...(FILTERED.test(body) && { flaw: "filtered" as const }) };
}

/**
 * Whether a limit is over that is not there again before tomorrow. Of limits of both kinds a header that says when to
 * come back tells which one it is; in their bodies some name a short time though the day's quota is used up.
 */
function isUsedUp(body: string, isTold: boolean): boolean {
  return LIMIT.test(body) && FOR_LONG.test(body) && !(FOR_A_MOMENT.test(body) && isTold);
}

/** Seconds that the server asks for: in milliseconds, in seconds or as a date. */
function readWait(headers: Pick<Headers, "get">): number | undefined {
  const milliseconds = headers.get("retry-after-ms") ?? "";
  if (isNumber(milliseconds)) return Number(milliseconds) / 1000;
  const header = headers.get("retry-after") ?? "";
  if (isNumber(header)) return Number(header);
  const seconds = (Date.parse(header) - Date.now()) / 1000;
  return Number.isNaN(seconds) || !/^[a-z]{3,9},/i.test(header) ? undefined : Math.max(0, seconds);
}

/** Google's `"retryDelay": "34.07s"`, and the sentences `Please try again in 7m12.5s` and `retry in 20ms`. */
function readWaitInBody(body: string): number | undefined {
  const [, delay] = /"retryDelay"\s*:\s*"(\d{1,9}(?:\.\d{1,9})?)s"/.exec(body) ?? [];
  if (delay !== undefined) return Number(delay);
  const [, milliseconds] = /\b(?:re)?try (?:again )?in (\d{1,9}(?:\.\d{1,9})?) ?ms\b/i.exec(body) ?? [];
  if (milliseconds !== undefined) return Number(milliseconds) / 1000;
  const said =
    /\b(?:re)?try (?:again )?in (?:(\d{1,4})h)?(?:(\d{1,4})m)?(?:(\d{1,9}(?:\.\d{1,9})?) ?s)?/i.exec(body) ?? [];
  const [, hours, minutes, seconds] = said;
  if ((hours ?? minutes ?? seconds) === undefined) return undefined;
  return 3600 * Number(hours ?? 0) + 60 * Number(minutes ?? 0) + Number(seconds ?? 0);
}

const isNumber = (text: string): boolean => /^\d{1,15}(\.\d{1,9})?$/.test(text);
