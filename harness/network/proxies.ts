import { SimvlmError } from "@simvlm/metrics";

/** How a server is reached. */
export interface Route {
  /** The address of a proxy, with a user's name and password where it has them; absent for none. */
  readonly proxy?: string;
  /** Hosts that are reached without one, separated by commas, as `NO_PROXY` has them. */
  readonly direct: string;
  /** What must not be told of the address: name and password. */
  readonly secrets: readonly string[];
}

/**
 * How a server is reached by `HTTP_PROXY` or `HTTPS_PROXY`, as its protocol is, or else `ALL_PROXY`, and `NO_PROXY`; the
 * same in small letters come first.
 * @throws SimvlmError `bad-option`, which does not repeat name and password
 */
export function findRoute({ protocol, hostname, host }: URL, environment: NodeJS.ProcessEnv): Route {
  const find = (...names: string[]) => names.find((name) => environment[name]?.trim());
  const direct = environment[find("no_proxy", "NO_PROXY") ?? ""]?.trim() ?? "";
  const own = protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const name = find(own.toLowerCase(), own, "all_proxy", "ALL_PROXY");
  const isNamed = direct.split(/[\s,]+/).some((one) => ["*", hostname, host].includes(one.toLowerCase()));
  if (name === undefined || isNamed) return { direct, secrets: [] };
  const { href, username, password } = parse(name, environment[name]!.trim());
  const both = username && password && `${decode(username)}:${decode(password)}`;
  const secrets = [both, password, decode(password), username, decode(username)].filter((secret) => secret !== "");
  return { proxy: href, direct, secrets: [...new Set(secrets)] };
}

/** An address without a protocol is one of http, as curl has it. */
function parse(name: string, text: string): URL {
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
