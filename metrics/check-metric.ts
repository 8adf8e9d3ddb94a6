import type { MetricDefinition } from "./definition.js";
import { SimvlmError } from "./error.js";
import { METRIC_NEEDS } from "./input.js";

const REQUIRED_FUNCTIONS = ["statistics", "scoresFromSums"] as const;
const OPTIONAL_FUNCTIONS = [
  "prepare",
  "unsuited",
  "corpusScores",
  "exampleScores",
  "perExample",
  "clusters",
  "explain",
  "signature",
  "details",
  "warn",
] as const;
const FIELDS: readonly string[] = [
  ...["kind", "name", "title", "scores", "columns", "range", "needs", "tolerance"],
  ...REQUIRED_FUNCTIONS,
  ...OPTIONAL_FUNCTIONS,
];

const NAME = "a name of letters, digits, _, - and .";

/**
 * A metric's definition that comes from outside, a plug-in say.
 * @param where it was found: `examples/brevity.ts`
 * @throws SimvlmError `bad-plugin` naming the place and the field
 */
export function checkMetric(value: unknown, where: string): MetricDefinition {
  if (typeof value !== "object" || value === null) {
    throw new SimvlmError(
      "bad-plugin",
      `${where}: a metric must be an object made by defineMetric, found ${show(value)}`,
    );
  }
  const fields = value as Readonly<Record<string, unknown>>;
  const require = (field: string, isRight: (value: unknown) => boolean, expected: string) => {
    if (isRight(fields[field])) return;
    throw new SimvlmError(
      "bad-plugin",
      `${where}: field \`${field}\` must be ${expected}, found ${show(fields[field])}`,
    );
  };
  require("kind", (kind) => kind === "metric", '"metric"');
  require("name", isName, NAME);
  require("title", orAbsent(isTitle), "a text on one line without bars, or be left out");
  require("scores", isListOf(isName), `a list, each once, of ${NAME}`);
  require("columns", isListOf(isText), "a list of names");
  require("range", orAbsent(isRange), "two numbers, the smaller first, or be left out");
  require("tolerance", orAbsent(isPositive), "a positive number, or be left out");
  require("needs", orAbsent(isListOfNeeds), `a list out of ${METRIC_NEEDS.join(", ")}, or be left out`);
  for (const field of REQUIRED_FUNCTIONS) require(field, isFunction, "a function");
  for (const field of OPTIONAL_FUNCTIONS) require(field, orAbsent(isFunction), "a function, or be left out");
  const unknown = Object.keys(fields).find((field) => !FIELDS.includes(field));
  if (unknown === undefined) return value as MetricDefinition;
  throw new SimvlmError("bad-plugin", `${where}: field \`${unknown}\`: no field of a metric is called that`);
}

/** Whether a definition or a score may be called that: it becomes part of commands, files, tables and signatures. */
export function isName(value: unknown): value is string {
  return typeof value === "string" && /^\w[\w.-]*$/.test(value) && value !== "__proto__";
}

/** Whether people may read that in place of the name: a line of text, without the bars that part signatures. */
export function isTitle(value: unknown): value is string {
  return isText(value) && !/[\r\n\u2028\u2029|]/.test(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

function isListOf(isRight: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) =>
    Array.isArray(value) && value.length > 0 && value.every(isRight) && new Set(value).size === value.length;
}

function isRange(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value.every(Number.isFinite) && value[0] < value[1];
}

function isPositive(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}

function isListOfNeeds(value: unknown): boolean {
  return Array.isArray(value) && value.every((need) => METRIC_NEEDS.includes(need));
}

function isFunction(value: unknown): boolean {
  return typeof value === "function";
}

function orAbsent(isRight: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => value === undefined || isRight(value);
}

/** The value, briefly. */
function show(value: unknown): string {
  if (typeof value === "function") return "a function";
  const json = toJson(value) ?? String(value);
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}

function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined; // BigInt, or an object that holds itself
  }
}
