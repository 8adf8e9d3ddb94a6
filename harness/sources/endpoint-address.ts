import { SimvlmError } from "@simvlm/metrics";
import { findRoute, type Route } from "../network/proxies.js";
import { SECRET_NAME } from "../network/secret-name.js";
import { readHeaders } from "./request-headers.js";
import { createNameMask, type Mask } from "./secrets.js";

/** Where an endpoint is, how it is reached, and how it knows us. */
export interface Address {
  /** Of its chat completions. */
  readonly url: URL;
  /** What may be written down: no query. */
  readonly name: string;
  /** What of the query may be written down: all that does not look like a key. */
  readonly query: Readonly<Record<string, string>>;
  /** All that are sent beside the content's type. */
  readonly headers: Readonly<Record<string, string>>;
  /** The names of those that were given, in small letters; what they hold is a secret. */
  readonly given: readonly string[];
  readonly route: Route;
  /** What must not be told: the key, headers' values, proxies' passwords, what of the query looks like a key. */
  readonly secrets: readonly string[];
  /** Hides the key in names. */
  readonly maskName: Mask;
}

/** In this order. */
const KEY_VARIABLES = ["SIMVLM_API_KEY", "OPENAI_API_KEY"] as const;

/**
 * @param base what the endpoint's own documentation calls its base URL, such as `https://api.openai.com/v1`
 * @param environment where the key and the proxies stand
 * @param headers further ones, each `Name: value`; without a value it is left out
 * @throws SimvlmError `bad-option`
 */
export function parseAddress(base: string, environment: NodeJS.ProcessEnv, headers: readonly string[] = []): Address {
  const url = URL.canParse(base) ? new URL(base) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new SimvlmError("bad-option", `The endpoint ${JSON.stringify(base)} is not an http or https URL.`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new SimvlmError(
      "bad-option",
      `The endpoint's address has a user name or password in it. Leave them out, and put the key in ${KEY_VARIABLES[0]}.`,
    );
  }
  url.hash = "";
  url.pathname = `${url.pathname.replace(/\/+$/, "").replace(/\/chat\/completions$/, "")}/chat/completions`;
  const key = readKey(environment);
  const given = readHeaders(headers);
  const route = findRoute(url, environment);
  const query = [...url.searchParams];
  const isSecret = ([name]: [string, string]) => SECRET_NAME.test(name);
  const sent = { ...(key !== undefined && { authorization: `Bearer ${key}` }), ...given };
  const secrets = [...query.filter(isSecret).map(([, value]) => value), ...(key === undefined ? [] : [key])];
  const maskName = createNameMask(key);
  return {
    url,
    name: `${url.origin}${maskName(url.pathname)}`,
    query: Object.fromEntries(query.filter((parameter) => !isSecret(parameter))),
    headers: Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== "")),
    given: Object.keys(given).sort(),
    route,
    secrets: [...secrets, ...secretsOfHeaders(given), ...route.secrets],
    maskName,
  };
}

/** Of `Bearer abc` also what follows the scheme. */
function secretsOfHeaders(headers: Readonly<Record<string, string>>): string[] {
  return Object.values(headers).flatMap((value) => [value, ...(/^\S+ (\S+)$/.exec(value)?.slice(1) ?? [])]);
}

function readKey(environment: NodeJS.ProcessEnv): string | undefined {
  const variable = KEY_VARIABLES.find((name) => environment[name]?.trim());
  if (variable === undefined) return undefined;
  const key = environment[variable]!.trim();
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new SimvlmError(
    "bad-option",
    `${variable} does not hold a key: it contains white space or other characters that keys do not have.`,
  );
}
