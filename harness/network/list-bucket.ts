import { SimvlmError } from "@simvlm/metrics";
import { type RemoteAddress, splitS3 } from "./remote-address.js";
import { type RemotePatience, RemoteReader } from "./remote-stream.js";
import { readS3Account } from "./s3-account.js";

/** Of one answer, in bytes: a thousand keys of the longest kind, each byte of which is written as three. */
const LONGEST_ANSWER = 2 ** 24;
/** No data set has more shards. */
const MOST_KEYS = 1_000_000;

/** Whether an address stands for the files of a bucket whose names are such: `s3://bucket/laion/*.tar`. */
export const isBucketPattern = (text: string): boolean => /^s3:\/\/[^/]+\/.*\*/is.test(text);

/** Whether an address is a folder of a bucket, or all of it: `s3://bucket/laion/`. */
export const isBucketFolder = (text: string): boolean => /^s3:\/\/[^/]+\/(?:[^*]*\/)?$/is.test(text);

/**
 * The files of a bucket that an address stands for, as addresses in the order of their names.
 * @param text a folder, or a pattern in which a star stands for any letters but `/`
 * @throws SimvlmError `no-shards` where there is none, `bad-address`, and what `RemoteReader.open` throws
 */
export async function listBucket(text: string, patience: RemotePatience = {}): Promise<string[]> {
  const { bucket, key } = splitS3(isBucketFolder(text) ? `${text}*` : text);
  const [prefix = ""] = key.split("*", 1);
  const isBelow = key.slice(prefix.length).includes("/"); // the folders may have any name: all that is below is looked at
  const letters = key.replace(/[\\^$.*+?()[\]{}|]/g, (letter) => (letter === "*" ? "[^/]*" : `\\${letter}`));
  const name = new RegExp(`^${letters}$`, "su");
  const account = readS3Account(process.env);
  const reader = new RemoteReader(patience);
  const found: string[] = [];
  const seen = new Set<string>();
  for (let token: string | undefined; ; ) {
    const url = account.placeList(bucket, {
      ...{ "list-type": "2", "encoding-type": "url", prefix },
      ...(!isBelow && { delimiter: "/" }),
      ...(token !== undefined && { "continuation-token": token }),
    });
    const sign: RemoteAddress["sign"] = (headers) => account.sign(url, headers);
    const { isSigned, told } = account;
    const address = { name: text, url, sign, isObject: true, isSigned, account: told };
    const { keys, goesOn, next } = readListing(await readAnswer(address, reader));
    found.push(...keys.filter((each) => name.test(each) && !each.endsWith("/")));
    if (found.length > MOST_KEYS)
      throw new SimvlmError("bad-address", `${text} stands for more than ${MOST_KEYS} files.`);
    if (!goesOn) break;
    if (next === undefined || seen.has(next)) {
      const why = next === undefined ? "does not say where the rest begins" : "begins again where it has been";
      throw new SimvlmError(
        "shard-refused",
        `${text} cannot be listed: the server says that there is more, but ${why}.`,
      );
    }
    seen.add(next);
    token = next;
  }
  if (found.length === 0)
    throw new SimvlmError("no-shards", `${text}: the bucket has no such file. Check the address.`);
  return found.sort().map((each) => `s3://${bucket}/${each}`);
}

async function readAnswer(address: RemoteAddress, reader: RemoteReader): Promise<string> {
  const { bytes } = await reader.open(address, new AbortController().signal);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > LONGEST_ANSWER) break;
  }
  const text = Buffer.concat(chunks).toString("utf8");
  if (length <= LONGEST_ANSWER && /<ListBucketResult[\s>]/.test(text)) return text;
  throw new SimvlmError(
    "shard-refused",
    `${address.name} cannot be listed: the server's answer is no list of a bucket.`,
  );
}

/** What a server says to ListObjectsV2: names, whether there are more, and where the next thousand begin. */
interface Listing {
  readonly keys: string[];
  readonly goesOn: boolean;
  readonly next: string | undefined;
}

function readListing(text: string): Listing {
  const isEncoded = /<EncodingType>url<\/EncodingType>/.test(text);
  const decode = (part: string) => (isEncoded ? decodeUrl(part) : unescapeXml(part));
  const keys = [...text.matchAll(/<Contents>.*?<Key>([^<]*)<\/Key>/gs)].map(([, key]) => decode(key!));
  const token = /<NextContinuationToken>([^<]+)<\/NextContinuationToken>/.exec(text)?.[1];
  const goesOn = /<IsTruncated>\s*true\s*<\/IsTruncated>/.test(text);
  return { keys, goesOn, next: token === undefined ? undefined : unescapeXml(token) };
}

/** Amazon's servers write a space as a plus. */
function decodeUrl(text: string): string {
  try {
    return decodeURIComponent(unescapeXml(text).replaceAll("+", " "));
  } catch {
    throw new SimvlmError(
      "shard-refused",
      `The list of the bucket has a name that cannot be read: ${JSON.stringify(text)}.`,
    );
  }
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10_ffff ? String.fromCodePoint(code) : whole;
  });
}
