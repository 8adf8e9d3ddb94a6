import { SimvlmError } from "@simvlm/metrics";
import type { Headers } from "./remote-address.js";

/** A server of buckets, and who asks it. */
export interface S3Account {
  /** Where a file of a bucket lies. */
  place(bucket: string, key: string): URL;
  /** Where a bucket is asked what it has. */
  placeList(bucket: string, parameters: Readonly<Record<string, string>>): URL;
  /** Headers with the signature that the server wants; as they are where nobody is named who asks. */
  sign(url: URL, headers: Headers): Promise<Headers>;
  readonly isSigned: boolean;
  /** Which variables say so, for people; no key is repeated. */
  readonly told: string;
}

/** Where nobody names another. */
const REGION = "us-east-1";
const REGIONS = ["AWS_REGION", "AWS_DEFAULT_REGION"];
const ENDPOINTS = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"];

/**
 * What AWS' own programs look at: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, AWS_REGION or
 * AWS_DEFAULT_REGION, and AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL for servers other than Amazon's. Without keys requests
 * are not signed, as for buckets that are everybody's.
 * @throws SimvlmError `bad-option`, which repeats no key
 */
export function readS3Account(environment: NodeJS.ProcessEnv): S3Account {
  const isSet = (name: string) => Boolean(environment[name]?.trim());
  const read = (...names: string[]) => environment[names.find(isSet) ?? ""]?.trim();
  const accessKeyId = read("AWS_ACCESS_KEY_ID");
  const secretAccessKey = read("AWS_SECRET_ACCESS_KEY");
  const sessionToken = read("AWS_SESSION_TOKEN");
  const region = read(...REGIONS) ?? REGION;
  const endpoint = readEndpoint(read(...ENDPOINTS));
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    throw new SimvlmError("bad-option", "Set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or neither.");
  }
  if (!/^[a-z\d-]{1,64}$/.test(region)) {
    throw new SimvlmError("bad-option", `AWS_REGION holds ${JSON.stringify(region)}, which is no region.`);
  }
  const place: S3Account["place"] = (bucket, key) => {
    // A certificate for *.s3.amazonaws.com does not hold for names with more dots.
    const isHost = endpoint === undefined && !bucket.includes(".");
    const host = isHost ? `${bucket}.s3.${region}.amazonaws.com` : `s3.${region}.amazonaws.com`;
    const base = endpoint ?? `https://${host}`;
    return new URL(`${base}${isHost ? "" : `/${bucket}`}/${key.split("/").map(encode).join("/")}`);
  };
  const named = (names: readonly string[]) => names.find(isSet);
  const regionTold = named(REGIONS) ?? `${REGIONS.join(" and ")} are not set`;
  const told = [
    endpoint === undefined
      ? `${ENDPOINTS.join(" and ")} are not set, so that Amazon was asked, in ${region} (${regionTold})`
      : `${named(ENDPOINTS)} names ${endpoint}`,
    ...(accessKeyId === undefined
      ? ["AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set, so that nothing is signed"]
      : []),
  ].join("; ");
  return {
    isSigned: accessKeyId !== undefined,
    told,
    place,
    placeList(bucket, parameters) {
      // Sorted and encoded as signatures have it, for servers that sign again what they are sent as it is.
      const names = Object.keys(parameters).sort();
      const query = names.map((name) => `${encode(name)}=${encode(parameters[name]!)}`).join("&");
      return new URL(`?${query}`, place(bucket, ""));
    },
    async sign(url, headers) {
      if (accessKeyId === undefined || secretAccessKey === undefined) return headers;
      const { AwsV4Signer } = await import("aws4fetch"); // loaded only where it is needed
      const keys = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
      const signer = new AwsV4Signer({ ...keys, url: url.href, headers, service: "s3", region });
      return Object.fromEntries((await signer.sign()).headers);
    },
  };
}

function readEndpoint(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isUsual = url && /^https?:$/.test(url.protocol) && `${url.username}${url.password}${url.search}` === "";
  if (isUsual) return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
  throw new SimvlmError(
    "bad-option",
    "AWS_ENDPOINT_URL does not hold an address such as https://minio.example:9000, without a user's name or a query.",
  );
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
