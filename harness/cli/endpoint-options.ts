import { stat } from "node:fs/promises";
import { type Command, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { readJson } from "../files/json.js";
import { isShallow, Json } from "../files/schema.js";
import { readText } from "../files/text.js";
import { LARGEST_SIDE } from "../images/framing.js";
import type { Parameters } from "../sources/adaptation.js";
import { ENDPOINT_DEFAULTS } from "../sources/endpoint-predictor.js";
import { FLAWS } from "../tasks/prediction.js";
import {
  LIMITS,
  type OptionsOf,
  parseCount,
  parseListOf,
  parsePositiveInteger,
  parseSeconds,
  upTo,
} from "./options.js";
import { PRICE_FORM, parsePrice } from "./price-option.js";

/** What is said of an endpoint. */
export type EndpointCommandOptions = OptionsOf<typeof endpointOptions>;

/** The options that say how an endpoint is asked. */
export function endpointOptions(command: Command) {
  const { concurrency, retries, timeout } = ENDPOINT_DEFAULTS;
  const [most, seconds] = [upTo(LIMITS.concurrency, parsePositiveInteger), parseSeconds];
  return command
    .option("--model <name>", "the server's name for the model")
    .option(
      "--request <name=value>",
      "set a parameter of the requests, as JSON where it is that; without a value leave it out; repeatable",
      addParameter,
    )
    .option("--request-file <file>", "a JSON object of such parameters; null leaves one out")
    .option("--system <text>", "what the model is told before everything else, or a file of it")
    .option("--header <line>", 'a further header, "Name: value", which is kept secret; repeatable', addHeader)
    .option("--adapt", "leave out, or name otherwise, what the server refuses, and write it into the manifest")
    .option(
      "--max-side <pixels>",
      "make larger pictures smaller; the longer side",
      upTo(LARGEST_SIDE, parsePositiveInteger),
    )
    .option("--join-pictures", "send the pictures of one example as one, side by side")
    .option("--join-system", "begin the user's message with what --system says, for models that take no such message")
    .option("--cache <folder>", "take answers from earlier runs that asked the same, and keep those of this one")
    .option("--price <list>", `what a million tokens cost: ${PRICE_FORM}`, parsePrice)
    .option("--ca <file>", "certificates, in PEM, that are trusted as well")
    .addOption(usually("--concurrency <n>", "examples asked at the same time", concurrency, most))
    .addOption(usually("--retries <n>", "further attempts, at growing intervals", retries, upTo(100, parseCount)))
    .addOption(usually("--timeout <seconds>", "how long one attempt may take", timeout, seconds))
    .option(
      "--accept <flaws>",
      `answers to score although they are ${FLAWS.join(", ")}; by default these are failures`,
      parseListOf(FLAWS),
    );
}

/** Their names, as an action has them. */
export const ENDPOINT_OPTIONS = [
  "model",
  "request",
  "requestFile",
  "system",
  "header",
  "adapt",
  "maxSide",
  "joinPictures",
  "joinSystem",
  "cache",
  "price",
  "ca",
  "concurrency",
  "retries",
  "timeout",
  "accept",
] as const satisfies readonly (keyof EndpointCommandOptions)[];

/** Its default is only said, so that it is known whether it was given. */
function usually<Flags extends string>(
  flags: Flags,
  description: string,
  usual: number,
  parse: (text: string) => number,
) {
  return new Option(flags, `${description} (default: ${usual})`).argParser(parse);
}

function addParameter(text: string, before: Parameters = {}): Parameters {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new InvalidArgumentError("It must look like temperature=1, or temperature= to leave it out.");
  }
  if (Object.hasOwn(before, name)) throw new InvalidArgumentError(`${name} is given twice.`);
  return { ...before, [name]: value === "" ? null : parseValue(value) };
}

function parseValue(text: string): unknown {
  let value: unknown;
  try {
    value = z.json().parse(JSON.parse(text));
  } catch {
    if (!/^\s*\{.*\}\s*$/s.test(text)) return text;
    throw new InvalidArgumentError(
      "What stands in braces is no JSON: shells take its double quotes away unless it is in single ones.",
    );
  }
  if (isShallow(value)) return value;
  throw new InvalidArgumentError("Its lists and objects stand too deep in each other.");
}

const addHeader = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

const RequestFile = z.record(z.string(), Json).describe("a JSON object of a request's parameters by their names");

/** The parameters that are also options, by what the server calls them. */
const ALSO_OPTIONS = {
  temperature: ["temperature"],
  topP: ["top_p"],
  maxLength: ["max_tokens", "max_completion_tokens"],
} as const;

/**
 * The parameters of `--request` and, below them, of `--request-file`.
 * @throws SimvlmError `bad-option` where an option says the same, what `readJson` throws
 */
export async function collectRequest(
  options: EndpointCommandOptions & { readonly [Name in keyof typeof ALSO_OPTIONS]?: number | undefined },
): Promise<Parameters> {
  const { request, requestFile } = options;
  const all: Parameters = { ...(requestFile !== undefined && (await readJson(requestFile, RequestFile))), ...request };
  for (const [option, names] of Object.entries(ALSO_OPTIONS)) {
    const twice = names.find((name) => Object.hasOwn(all, name));
    if (twice === undefined || options[option as keyof typeof ALSO_OPTIONS] === undefined) continue;
    const flag = `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw new SimvlmError("bad-option", `${flag} and the request's ${twice} say the same: leave one of them out.`);
  }
  return all;
}

/**
 * The text of `--system`, which may name a file.
 * @throws SimvlmError what `readText` throws
 */
export async function readSystem(given: string | undefined): Promise<string | undefined> {
  if (given === undefined) return undefined;
  const isFile = await stat(given).then(
    (found) => found.isFile(),
    () => false,
  );
  return isFile || FILE_NAME.test(given) ? (await readText(given)).trim() : given;
}

/** What no system message is, even where there is no such file. */
const FILE_NAME = /^\S+\.[a-z]{2,5}$/i;
