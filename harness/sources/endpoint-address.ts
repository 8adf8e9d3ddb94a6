import { SimvlmError } from "@simvlm/metrics";
import { createMask } from "./secrets.js";

/** Where an endpoint is, and how it knows us. */
export interface Address {
  /** Of its chat completions. */
  readonly url: URL;
  /** What may be written down: no query. */
  readonly name: string;
  readonly key?: string | undefined;
  /** What must not be told: the key, and what of the address's query looks like one. */
  readonly secrets: readonly string[];
}

/** Parameters of a query that hold a secret. */
const SECRET_PARAMETER = /key|token|secret|sig|auth|pass|code|cred/i;

/** In this order. */
const KEY_VARIABLES = ["SIMVLM_API_KEY", "OPENAI_API_KEY"] as const;

/**
 * @param base what the endpoint's own documentation calls its base URL, such as `https://api.openai.com/v1`
 * @throws SimvlmError `bad-option`
 */
export function parseAddress(base: string, environment: NodeJS.ProcessEnv): Address {
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
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/chat/completions`;
  const key = readKey(environment);
  const queried = [...url.searchParams].flatMap(([name, value]) => (SECRET_PARAMETER.test(name) ? [value] : []));
  const secrets = [...queried, ...(key === undefined ? [] : [key])];
  return { url, name: createMask(secrets)(`${url.origin}${url.pathname}`), key, secrets };
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
