import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";
import { SimvlmError } from "@simvlm/metrics";
import type { Dispatcher, RequestInit, Response } from "undici";
import { readText } from "../files/text.js";
import type { Route } from "./proxies.js";

/** Asks for what is at an address. */
export type Fetch = (url: URL, request: RequestInit) => Promise<Response>;

/**
 * Opens a way to a server, through a proxy where its route has one. undici is loaded when it is first called.
 * @param authorities certificates, in PEM, that are trusted beside those that Node knows
 */
export function createConnection(route: Route, authorities?: string): () => Promise<Fetch> {
  const open = async (): Promise<Fetch> => {
    const { fetch } = await import("undici");
    const dispatcher = await createDispatcher(route, { authorities });
    return (url, request) => fetch(url, { ...request, dispatcher });
  };
  let opened: Promise<Fetch> | undefined;
  return () => {
    opened ??= open();
    return opened;
  };
}

/** What a way to a server is made with. */
export interface DispatcherOptions {
  /** Certificates, in PEM, that are trusted beside those that Node knows. */
  readonly authorities?: string | undefined;
  /** Milliseconds that a server may be silent; absent: how long is waited for a reply is the caller's business. */
  readonly silence?: number;
}

/** What sends requests the way that a route has. undici is loaded when this is called. */
export async function createDispatcher(
  { proxy = "", direct }: Route,
  { authorities, silence = 0 }: DispatcherOptions = {},
): Promise<Dispatcher> {
  const { EnvHttpProxyAgent } = await import("undici");
  const trusted = authorities === undefined ? {} : { ca: [...rootCertificates, authorities] };
  return new EnvHttpProxyAgent({
    httpProxy: proxy,
    httpsProxy: proxy,
    noProxy: direct,
    ...{ headersTimeout: silence, bodyTimeout: silence },
    proxyTunnel: false, // what goes to a server in the clear needs no tunnel, which many proxies do not dig
    ...(authorities !== undefined && { connect: trusted, requestTls: trusted, proxyTls: trusted }),
  });
}

const BEGIN = "-----BEGIN CERTIFICATE-----";

/**
 * The certificates of a file, and those that `NODE_EXTRA_CA_CERTS` names, which Node would pass over beside them.
 * @throws SimvlmError `bad-certificates`, what `readText` throws
 */
export async function readAuthorities(path: string, { NODE_EXTRA_CA_CERTS: more }: NodeJS.ProcessEnv): Promise<string> {
  const texts = await Promise.all([readText(path).catch(asNoText), ...(more ? [readText(more)] : [])]);
  const blocks = texts[0]!.split(BEGIN).slice(1);
  const isCertificate = (block: string): boolean => {
    try {
      return new X509Certificate(BEGIN + block).serialNumber !== "";
    } catch {
      return false;
    }
  };
  if (blocks.length > 0 && blocks.every(isCertificate)) return texts.join("\n");
  throw new SimvlmError(
    "bad-certificates",
    `${path} is no file of certificates: it must have them as PEM does, each after a line ${BEGIN}. ` +
      "openssl x509 -inform der -in FILE -out FILE.pem makes such a file of another kind.",
  );
}

/** What certificates are in another form, which is no text. */
function asNoText(error: unknown): string {
  if (error instanceof SimvlmError && error.code === "not-utf8") return "";
  throw error;
}
