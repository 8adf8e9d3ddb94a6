import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { AwsV4Signer } from "aws4fetch";

/** What a server does instead of what it is asked for. */
export type Misdeed =
  /** Sends so many bytes of the answer, and closes the connection. */
  | { readonly cutAfter: number; readonly whole?: true }
  /** Sends so many bytes, and nothing more. */
  | { readonly stallAfter: number }
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string | Buffer }
  /** Sends all of it, whatever part was asked for. */
  | { readonly whole: true }
  | undefined;

export interface ObjectServer {
  readonly url: string;
  /** By their paths, `/bucket/key`. */
  readonly files: Map<string, Buffer>;
  /** The requests so far: path, range, and what was answered. */
  readonly requests: { path: string; range: string | undefined; status: number; headers: IncomingMessage["headers"] }[];
  misbehave: (path: string, count: number) => Misdeed;
  /** How many names of a bucket are listed at a time. */
  page: number;
  close(): void;
}

/** Of those who may read; every request must be signed. */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly region: string;
}

/** A server of files as Amazon's buckets are, on this machine: ETags, parts, signatures that are checked, and faults. */
export async function serveObjects(keys?: Keys): Promise<ObjectServer> {
  const files: ObjectServer["files"] = new Map();
  const requests: ObjectServer["requests"] = [];
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  async function answer(request: IncomingMessage, response: ServerResponse) {
    const path = decodeURIComponent(request.url!.replace(/\?.*/, ""));
    const { range } = request.headers;
    const end = (status: number, headers: Record<string, string> = {}, body: string | Buffer = "") => {
      requests.push({ path, range, status, headers: request.headers });
      response.writeHead(status, headers).end(body);
    };
    const count = counts.get(path) ?? 0;
    counts.set(path, count + 1);
    const misdeed = own.misbehave(path, count);
    if (misdeed && "status" in misdeed) return end(misdeed.status, misdeed.headers, misdeed.body);
    if (keys && !(await isSigned(request, keys, own.url)))
      return end(403, {}, "<Error><Code>SignatureDoesNotMatch</Code></Error>");
    const { searchParams } = new URL(request.url!, own.url);
    if (searchParams.get("list-type") === "2")
      return end(200, {}, listObjects([...files.keys()], path, searchParams, own.page));
    const file = files.get(path);
    if (!file) return end(404, {}, "<Error><Code>NoSuchKey</Code></Error>");
    const etag = `"${createHash("md5").update(file).digest("hex")}"`;
    if (request.headers["if-none-match"] === etag) return end(304, { etag });
    const first = misdeed && "whole" in misdeed && misdeed.whole ? undefined : /^bytes=(\d+)-$/.exec(range ?? "")?.[1];
    const from = Number(first ?? 0);
    if (from > 0 && from >= file.length) return end(416, { "content-range": `bytes */${file.length}` });
    const part = file.subarray(from);
    const status = first === undefined ? 200 : 206;
    requests.push({ path, range, status, headers: request.headers });
    response.writeHead(status, {
      ...{ etag, "content-length": part.length },
      ...(status === 206 && { "content-range": `bytes ${from}-${file.length - 1}/${file.length}` }),
    });
    if (misdeed && "cutAfter" in misdeed)
      response.write(part.subarray(0, misdeed.cutAfter), () => setTimeout(() => response.destroy(), 20));
    else if (misdeed && "stallAfter" in misdeed) response.write(part.subarray(0, misdeed.stallAfter));
    else response.end(part);
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const own: ObjectServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    files,
    requests,
    misbehave: () => undefined,
    page: 1000,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return own;
}

/** The answer to ListObjectsV2, a page of it: names that have the prefix, without those that have a delimiter after it. */
function listObjects(paths: readonly string[], bucket: string, asked: URLSearchParams, page: number): string {
  const [prefix, delimiter] = [asked.get("prefix") ?? "", asked.get("delimiter")];
  const isHere = (key: string) => delimiter === null || !key.slice(prefix.length).includes(delimiter);
  const keys = paths
    .filter((path) => path.startsWith(`${bucket}${prefix}`))
    .map((path) => path.slice(bucket.length))
    .filter(isHere)
    .sort();
  const from = Number(asked.get("continuation-token") ?? 0);
  const isEncoded = asked.get("encoding-type") === "url";
  const write = (key: string) =>
    isEncoded ? encodeURIComponent(key).replaceAll("%20", "+") : key.replaceAll("&", "&amp;");
  const contents = keys
    .slice(from, from + page)
    .map((key) => `<Contents><Key>${write(key)}</Key><Size>1</Size></Contents>`);
  const isTruncated = from + page < keys.length;
  return `<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>set</Name><Prefix>${write(prefix)}</Prefix>
${isEncoded ? "<EncodingType>url</EncodingType>" : ""}<IsTruncated>${isTruncated}</IsTruncated>
${isTruncated ? `<NextContinuationToken>${from + page}</NextContinuationToken>` : ""}${contents.join("")}</ListBucketResult>`;
}

/** Signs the same request with the same keys at the same time. */
async function isSigned({ headers, url }: IncomingMessage, keys: Keys, base: string): Promise<boolean> {
  const given = /SignedHeaders=([^,]+), Signature=([0-9a-f]+)/.exec(headers.authorization ?? "");
  if (!given) return false;
  const signed = given[1]!.split(";").filter((name) => name !== "host");
  const again = await new AwsV4Signer({
    ...keys,
    ...{ url: `${base}${url}`, service: "s3", datetime: String(headers["x-amz-date"]) },
    headers: Object.fromEntries(
      signed.filter((name) => !/security-token/.test(name)).map((name) => [name, String(headers[name])]),
    ),
  }).sign();
  return again.headers.get("authorization") === headers.authorization;
}
