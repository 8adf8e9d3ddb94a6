import { SimvlmError } from "@simvlm/metrics";
import type { Mask } from "./secrets.js";

/** Certificates that nobody here vouches for. */
const UNTRUSTED = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
]);

/** What is wrong with the others, or with the protocol. */
const REASONS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "Its certificate has expired: whoever runs the server must renew it.",
  CERT_NOT_YET_VALID: "Its certificate is not valid yet: look whether this machine's clock is right.",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "Its certificate is for another name: use the name in the address that it was made for.",
  ERR_SSL_WRONG_VERSION_NUMBER: "It does not speak https: the address may have to begin with http://.",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "It does not speak https: the address may have to begin with http://.",
  HPE_INVALID_CONSTANT: "It does not speak http: the address may have to begin with https://.",
};

/** Nobody is there: neither a program at the port, nor a machine of that name. */
const NOBODY: Readonly<Record<string, string>> = {
  ECONNREFUSED: "Nothing listens there: start the server, or look whether the address has the right port.",
  ENOTFOUND: "There is no machine of that name: look whether the address is right.",
};

/** Of a connection that failed because nobody is there: what that means; undefined for any other. */
export function explainNobody(error: Error): string | undefined {
  return NOBODY[codeOf(listCauses(error)) ?? ""];
}

/** Whether the server closed the connection without a word, as one that speaks https only may. */
export function isClosed(error: Error): boolean {
  return ["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"].includes(codeOf(listCauses(error)) ?? "");
}

function codeOf(causes: readonly Error[]): string | undefined {
  return causes.flatMap((each) => ("code" in each ? [String(each.code)] : [])).at(-1);
}

/**
 * What made a connection fail, in words: what `fetch` throws says little, its causes say more.
 * @throws SimvlmError `endpoint-certificate`, `endpoint-refused` for what will be the same at every attempt
 */
export function describeConnectionFault(error: Error, name: string, mask: Mask): string {
  const causes = listCauses(error);
  const code = codeOf(causes);
  const message = mask(causes.at(-1)!.message || error.message);
  const what = `${message}${code === undefined ? "" : ` (${code})`}`;
  if (code !== undefined && UNTRUSTED.has(code)) {
    throw new SimvlmError(
      "endpoint-certificate",
      `${name} cannot be asked: ${what}. Nobody whom this machine trusts vouches for its certificate. If you know the ` +
        "server, give the certificate, or that of the authority that signed it, as a PEM file.",
    );
  }
  const reason = code === undefined ? undefined : REASONS[code];
  if (reason) throw new SimvlmError("endpoint-refused", `${name} cannot be asked: ${what}. ${reason}`);
  if (causes.some((each) => /proxy.*\b407\b/i.test(each.message))) {
    throw new SimvlmError(
      "endpoint-refused",
      `${name} cannot be asked: ${what}. The proxy wants another user name or password in its address, HTTP_PROXY or HTTPS_PROXY.`,
    );
  }
  return `the connection failed: ${what}`;
}

/** An error, and what it comes of; of several attempts the first. */
function listCauses(error: Error): Error[] {
  const causes: Error[] = [error];
  for (let next: unknown = error.cause; next instanceof Error && causes.length < 8; next = next.cause) {
    causes.push(next instanceof AggregateError && next.errors[0] instanceof Error ? next.errors[0] : next);
  }
  return causes;
}
