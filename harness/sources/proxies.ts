import { SimvlmError } from "@simvlm/metrics";

/** Through which servers others are reached. */
export interface Proxies {
  /** The address of the proxy for http; with a user's name and password, where it has them. */
  readonly http?: string;
  readonly https?: string;
  /** Hosts that are reached without one, separated by commas. */
  readonly no: string;
  /** What must not be told of the addresses: names and passwords. */
  readonly secrets: readonly string[];
}

/**
 * The proxies of `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`; the same in small letters come first.
 * @throws SimvlmError `bad-option`, which does not repeat names and passwords
 */
export function readProxies(environment: NodeJS.ProcessEnv): Proxies {
  const read = (name: string) => environment[name.toLowerCase()]?.trim() || environment[name]?.trim() || undefined;
  const all = read("ALL_PROXY");
  const http = parse("HTTP_PROXY", read("HTTP_PROXY") ?? all);
  const https = parse("HTTPS_PROXY", read("HTTPS_PROXY") ?? all);
  const secrets = [http, https].flatMap((url) => {
    const { username = "", password = "" } = url ?? {};
    return [username && password && `${decode(username)}:${decode(password)}`, password, username].filter(Boolean);
  });
  return {
    ...(http && { http: http.href }),
    ...(https && { https: https.href }),
    no: read("NO_PROXY") ?? "",
    secrets: [...new Set(secrets.flatMap((secret) => [secret, decode(secret)]))],
  };
}

/** An address without a protocol is one of http, as curl has it. */
function parse(name: string, text: string | undefined): URL | undefined {
  if (text === undefined) return undefined;
  const whole = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url;
  const what = url ? `a proxy of the kind ${url.protocol.slice(0, -1)}` : "no address";
  throw new SimvlmError(
    "bad-option",
    `${name} holds ${what}: a proxy's address looks like http://proxy.example:3128. NO_PROXY names hosts that need none.`,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
