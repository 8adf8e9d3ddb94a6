import { SimvlmError } from "@simvlm/metrics";
import { readS3Account } from "./s3-account.js";
import { SECRET_NAME } from "./secret-name.js";

/** A file that lies on a server. */
export interface RemoteAddress {
  /** What may be written down, and stands for the file wherever one is named: no signature, no key. */
  readonly name: string;
  readonly url: URL;
  /** The headers of a request, signed now, where its server wants that. */
  sign(headers: Headers): Promise<Headers>;
  /** Whether it is a file of a bucket. */
  readonly isObject: boolean;
  /** Whether requests are signed with keys of the environment. */
  readonly isSigned: boolean;
  /** Of a bucket, which variables of the environment say where it is and who asks, for people. */
  readonly account?: string | undefined;
}

/** Of a request or a reply, with names in small letters. */
export type Headers = Readonly<Record<string, string>>;

/** Whether a text names a file on a server. */
export const isRemote = (text: string): boolean => /^(?:s3|https?):\/\//i.test(text);

/** What stands beside a signature in signed addresses, and is another one each time that one is made. */
const BESIDE = /^(?:x-(?:amz|goog|ms)-.*|expires|policy|date|s[eprstv]|s(?:ip|pr|rt)|sk[a-z]{1,3})$/i;

/**
 * Reads an address: `s3://BUCKET/KEY`, whose server and keys the variables of the environment name that AWS' programs look
 * at, or `https://…`; `http://…` of this machine only.
 * @throws SimvlmError `bad-address`, which repeats no secret
 */
export function parseRemoteAddress(text: string, environment: NodeJS.ProcessEnv = process.env): RemoteAddress {
  if (/^s3:/i.test(text)) return parseS3(text, environment);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) throw bad(`${text.replace(/[?#].*$/s, "").replace(/\/\/[^/]*@/, "//")} is no address`);
  const place = `${url.origin}${url.pathname}`;
  if (url.username !== "" || url.password !== "") {
    throw bad(`${place} has a user name or password in front of it: they would be written down. Leave them out`);
  }
  if (url.protocol === "http:" && !isLoopback(url)) {
    throw bad(`${place} would be read in the clear. Let the address begin with https://`);
  }
  url.hash = "";
  const query = nameQuery(url.searchParams);
  return {
    name: `${place}${query === "" ? "" : `?${query}`}`,
    url,
    sign: async (headers) => headers,
    isObject: false,
    isSigned: false,
  };
}

/**
 * A bucket, and the name of a file in it, of `s3://BUCKET/KEY`.
 * @throws SimvlmError `bad-address`
 */
export function splitS3(text: string): { readonly bucket: string; readonly key: string } {
  const [, bucket, key] = /^s3:\/\/([a-z\d][a-z\d._-]{1,254})\/(.+)$/is.exec(text) ?? [];
  if (bucket !== undefined && key !== undefined) return { bucket, key };
  throw bad(`${text} is no address such as s3://bucket/shards/00000.tar`);
}

function parseS3(text: string, environment: NodeJS.ProcessEnv): RemoteAddress {
  const { bucket, key } = splitS3(text);
  const account = readS3Account(environment);
  const url = account.place(bucket, key);
  return {
    name: `s3://${bucket}/${key}`,
    url,
    sign: (headers) => account.sign(url, headers),
    isObject: true,
    isSigned: account.isSigned,
    account: account.told,
  };
}

/** Whether an address carries a secret, which no script or manifest may hold. */
export function holdsSecret(text: string): boolean {
  if (!/^https?:/i.test(text) || !URL.canParse(text)) return false;
  const { searchParams, username, password } = new URL(text);
  return username !== "" || password !== "" || [...searchParams.keys()].some((name) => SECRET_NAME.test(name));
}

/** Whether an address is of this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/i.test(hostname);
}

/** A query without its secrets. */
function nameQuery(parameters: URLSearchParams): string {
  const all = [...parameters];
  if (!all.some(([name]) => SECRET_NAME.test(name))) return parameters.toString();
  return new URLSearchParams(all.filter(([name]) => !SECRET_NAME.test(name) && !BESIDE.test(name))).toString();
}

const bad = (what: string): SimvlmError => new SimvlmError("bad-address", `${what}.`);
