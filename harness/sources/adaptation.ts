import { z } from "zod";
import { findTokenLimit } from "./token-limit.js";

/** One change of what is asked that a server which refuses it takes instead; JSON, as a manifest has it. */
export type Adaptation =
  /** A parameter is left out, or goes by another name. */
  | { readonly parameter: string; readonly to?: string }
  /** A parameter is set. */
  | { readonly parameter: string; readonly value: true | number }
  /** The pictures of one example are sent as one, side by side. */
  | { readonly pictures: "joined" }
  /** What the system message says begins the user's. */
  | { readonly system: "joined" };

/** The adaptations of a run, as its manifest has them. */
export const Adaptations: z.ZodType<Adaptation[]> = z.array(
  z.union([
    z.strictObject({ parameter: z.string(), to: z.string() }),
    z.strictObject({ parameter: z.string(), value: z.union([z.literal(true), z.number()]) }),
    z.strictObject({ parameter: z.string() }),
    z.strictObject({ pictures: z.literal("joined") }),
    z.strictObject({ system: z.literal("joined") }),
  ]),
);

/** The parameters of a request, by name. */
export type Parameters = Readonly<Record<string, unknown>>;

/** Parameters with a change made in them. */
export function adaptParameters(parameters: Parameters, adaptation: Adaptation): Parameters {
  if (!("parameter" in adaptation)) return parameters;
  const { parameter } = adaptation;
  if ("value" in adaptation) return { ...parameters, [parameter]: adaptation.value };
  const { [parameter]: value, ...rest } = parameters;
  return adaptation.to === undefined ? rest : { ...rest, [adaptation.to]: value };
}

/** What was asked, as far as a server may refuse it. */
export interface Refusable {
  readonly parameters: Parameters;
  /** How many pictures there were. */
  readonly pictures: number;
  /** Whether there was a system message. */
  readonly hasSystem?: boolean | undefined;
}

const REFUSED = anyOf(
  /unsupported|unknown|unrecogni[sz]ed|unexpected|deprecated|drop_params|mutually exclusive/,
  /(?:not|n't|no longer) (?:currently )?(?:be )?(?:support|allow|permit|accept|recogni[sz]e|available|expected)/,
  /extra[_ ](?:inputs?|fields?|forbidden)|additional propert/,
  /only the default|only [\w.()"'` ]{1,40} (?:is|are) (?:allowed|supported|accepted)|(?:may|can) only be set/,
  /can(?:not|'t) (?:both )?be (?:both )?(?:specified|set|used)/,
);
/** What is said of a value that a parameter must not have; limits of tokens are found by {@link findTokenLimit}. */
const OUT_OF_RANGE = anyOf(
  /(?:must|should|ha[ds] to|needs? to) be (?:strictly |a )?(?:positive|greater|larger|above|more than|between|>|in\b)/,
  /must be (?:set to )?\d/,
  /(?:supported|valid|allowed|permitted) (?:range|interval|values?)/,
);
const STREAM_ONLY = anyOf(
  /(?:only|must|requires?|needs?|ha(?:ve|s) to|should)\b[^.]{0,60}\bstream(?:ing|ed|\b)/,
  /stream(?:ing)?\b[^.]{0,40}\b(?:only|required|true)\b/,
  /non-?stream\w*[^.]{0,40}(?:not|un)/,
);
const ONE_PICTURE = anyOf(
  /(?:at most|only|max(?:imum)?(?: of)?|up to|more than|limit(?:ed)? (?:is|of|to)?|exactly)\s*:?\s*(?:1|one|(?:a )?single)\b[^.]{0,40}\b(?:image|picture)/,
  /(?:multiple|several|multi-?)\s*-?(?:images?|pictures?)[^.]{0,40}(?:not|n't|un)/,
  /(?:not|n't|un)\w*[^.]{0,40}\b(?:multiple|several|multi-?)\s*-?(?:images?|pictures?)/,
  /(?:image|picture)s?[^.]{0,30}(?:at most|max(?:imum)?|limit)[^.]{0,12}\b(?:1|one)\b/,
  /limit-mm-per-prompt|passed \d+ image items/,
);

const NO_SYSTEM = anyOf(
  /\b(?:system|developer)['"`]?[\s-]*(?:role|messages?|prompts?|instructions?)\b[^.]{0,60}(?:\bnot\b|n't|\bun)/,
  /(?:\bnot\b|n't|\bun)[^.]{0,60}\b(?:system|developer)['"`]?(?:[\s-]*(?:role|messages?|prompts?|instructions?)\b| with this model)/,
  /messages\[\d+\][^ ]*role|role[^.]{0,30}['"`]system['"`][^.]{0,30}(?:not|n't|un|invalid)|(?:invalid|unsupported|unknown) role/,
  /roles? must alternate/,
);

function anyOf(...patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => source).join("|"), "i");
}

/** Never the server's business: without them nothing is asked. */
const NEEDED = new Set(["model", "messages"]);

/**
 * What a server refuses for good that answers with an error: parameters that it does not know, or knows with other
 * values only; a limit of tokens that is too large or too small; answers in one piece; several pictures; a system message. Undefined where it is something else.
 */
export function findAdaptation(body: string, { parameters, pictures, hasSystem }: Refusable): Adaptation | undefined {
  const text = body.slice(0, LONGEST).replaceAll("\\", "");
  if (pictures > 1 && ONE_PICTURE.test(text)) return { pictures: "joined" };
  if (hasSystem && NO_SYSTEM.test(text)) return { system: "joined" };
  const parameter = findParameter(text, Object.keys(parameters));
  if (parameters.stream !== true && STREAM_ONLY.test(text) && (parameter ?? "stream") === "stream") {
    return { parameter: "stream", value: true };
  }
  const other = OTHER_NAME.exec(text)?.[1];
  const limit = other === undefined ? findTokenLimit(text, parameters) : undefined;
  if (limit || parameter === undefined) return limit;
  const isNew = other !== undefined && /^[a-z]\w{0,40}$/.test(other) && !(other in parameters);
  return { parameter, ...(isNew && { to: other }) };
}

/** Of an error: whoever writes more repeats the request. */
const LONGEST = 4000;
const OTHER_NAME = /(?:\buse|replaced by|renamed to|in favou?r of)\s+(?:the\s+)?(?:parameter\s+)?["'`]([^"'`]+)["'`]/i;

/** Named as `param` or in a list of places, or else in a sentence that refuses something. */
function findParameter(text: string, sent: readonly string[]): string | undefined {
  const names = sent.filter((name) => !NEEDED.has(name));
  if (!REFUSED.test(text)) return names.find((name) => !/tokens/.test(name) && hasRefusedValue(text, name));
  const [, marked] = /"(?:param|parameter)"\s*:\s*"([\w.]+)"/.exec(text) ?? [];
  if (marked !== undefined) return names.find((name) => name === marked.split(".")[0]);
  const places = names
    .map((name) => ({ name, at: text.search(wordOf(name)) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at);
  return places[0]?.name;
}

/** The complaint stands soon after the name. */
function hasRefusedValue(text: string, name: string): boolean {
  const at = text.search(wordOf(name));
  return at >= 0 && OUT_OF_RANGE.test(text.slice(at, at + FAR));
}

const FAR = 100;

function wordOf(name: string): RegExp {
  return new RegExp(`(?<![\\w-])${name.replace(/\W/g, "\\$&")}(?![\\w-])`);
}
