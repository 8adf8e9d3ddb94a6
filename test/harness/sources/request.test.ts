import { afterEach, expect, test } from "vitest";
import { type Adaptation, findAdaptation } from "../../../harness/sources/adaptation.js";
import { parseAddress } from "../../../harness/sources/endpoint-address.js";
import { createEndpointPredictor, type EndpointOptions } from "../../../harness/sources/endpoint-predictor.js";
import { collectParameters } from "../../../harness/sources/endpoint-request.js";
import { completeSettings, type TaskData } from "../../../harness/tasks/task.js";
import { findTask } from "../../../harness/tasks/task-registry.js";
import { type Answer, say, serve, status } from "./server.js";

const servers: { close(): void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function open(answer: Answer, options: Partial<EndpointOptions> = {}, headers: readonly string[] = []) {
  const server = await serve(answer);
  servers.push(server);
  const task = findTask("vqa");
  const examples = ["0", "1", "2"].map((id) => ({ id, images: [], statement: "Is it?", targets: [] }));
  const data: TaskData = { examples, files: [], classes: [] };
  const address = parseAddress(`${server.url}?api-version=2&sig=x9`, { SIMVLM_API_KEY: "sk-1234567890" }, headers);
  const settings = completeSettings(task, { modality: "none" });
  const predictor = createEndpointPredictor(address, task, data, { model: "m", backOff: 0.005, settings, ...options });
  return { predictor, examples, asked: server.asked };
}

/** Answers what does not have the parameter. */
const refuse =
  (name: string, error: object): Answer =>
  (response, asked) =>
    (name in asked.body ? status(400, {}, JSON.stringify({ error })) : say("yes"))(response, asked);

const usual = { model: "m", seed: 7 };

test("parameters are set, changed and left out; a limit by another name takes the place of ours", () => {
  expect(collectParameters(usual)).toEqual({ model: "m", max_tokens: 128, temperature: 0 });
  expect(collectParameters({ ...usual, request: { temperature: null, stop: ["\n"], n: 2 } })).toEqual({
    model: "m",
    max_tokens: 128,
    stop: ["\n"],
    n: 2,
  });
  expect(collectParameters({ ...usual, request: { max_completion_tokens: 64 } })).toEqual({
    model: "m",
    temperature: 0,
    max_completion_tokens: 64,
  });
  expect(collectParameters({ ...usual, request: { temperature: 1 } })).toMatchObject({ temperature: 1, seed: 7 });
  expect(collectParameters({ ...usual, request: { temperature: 1, seed: null } })).not.toHaveProperty("seed");
  for (const name of ["model", "messages"]) {
    expect(() => collectParameters({ ...usual, request: { [name]: "x" } })).toThrow(/cannot be set/);
  }
});

test("all that is sent stands in the description, but no secret", async () => {
  const { predictor, examples, asked } = await open(
    say("yes"),
    { request: { reasoning: { effort: "low" } }, system: "Be brief." },
    ["X-Org: organisation-7", "api-key: k-secret-0815", "Authorization:"],
  );
  await predictor.predict(examples.slice(0, 1));
  const [{ body, headers, path }] = asked as [(typeof asked)[0]];
  expect(path).toContain("api-version=2");
  expect(headers).toMatchObject({ "x-org": "organisation-7", "api-key": "k-secret-0815" });
  expect(headers).not.toHaveProperty("authorization");
  expect(body).toMatchObject({ reasoning: { effort: "low" } });
  expect(body.messages[0]).toEqual({ role: "system", content: "Be brief." });
  expect(predictor.description).toMatchObject({
    model: "m",
    query: { "api-version": "2" },
    headers: ["api-key", "authorization", "x-org"],
    request: { max_tokens: 128, temperature: 0, reasoning: { effort: "low" } },
    system: "Be brief.",
    pictures: { preprocessing: "upright" },
  });
  expect(JSON.stringify(predictor.description)).not.toMatch(/organisation-7|0815|sk-1234|x9/);
});

test.each<[string, RegExp]>([
  ["X-Org", /Header 1 cannot be sent: it must look like Name: value/],
  ["Content-Length: 5", /set by the connection/],
  ["X: secret\nY: 2", /line breaks/],
  [": secret", /must look like/],
])("the header %j is refused, and what it holds is not repeated", (header, message) => {
  expect(() => parseAddress("https://h/v1", {}, [header])).toThrow(message);
  expect(() => parseAddress("https://h/v1", {}, [header])).not.toThrow(/secret/);
});

const sent = { model: "m", max_tokens: 128, temperature: 0, seed: 1, top_p: 1 };

test.each<[string, Adaptation | undefined]>([
  [
    `{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","param":"max_tokens","code":"unsupported_parameter"}}`,
    { parameter: "max_tokens", to: "max_completion_tokens" },
  ],
  [
    `{"error":{"message":"Unsupported value: 'temperature' does not support 0 with this model.","param":"temperature"}}`,
    { parameter: "temperature" },
  ],
  [`{"error":{"message":"Unrecognized request argument supplied: seed"}}`, { parameter: "seed" }],
  [
    `{"detail":[{"type":"extra_forbidden","loc":["body","seed"],"msg":"Extra inputs are not permitted"}]}`,
    { parameter: "seed" },
  ],
  [`{"message":"temperature: Extra inputs are not permitted"}`, { parameter: "temperature" }],
  [`openai does not support parameters: ['top_p'], for model=o1. Set drop_params=True`, { parameter: "top_p" }],
  ["`temperature` is deprecated for this model.", { parameter: "temperature" }],
  [`{"error":{"message":"property 'seed' is unsupported"}}`, { parameter: "seed" }],
  ["This model only supports stream mode, please enable the stream parameter.", { parameter: "stream", value: true }],
  ["stream must be set to true for this model", { parameter: "stream", value: true }],
  ["At most 1 image(s) may be provided in one request.", { pictures: "joined" }],
  ["This model does not support multiple images", { pictures: "joined" }],
  ["You set image=1 in `--limit-mm-per-prompt`, but passed 2 image items in the same prompt.", { pictures: "joined" }],
  ["invalid temperature: only 1 is allowed for this model", { parameter: "temperature" }],
  ["`temperature` may only be set to 1 when thinking is enabled.", { parameter: "temperature" }],
  ["parameter.enable_thinking must be set to false for non-streaming calls", { parameter: "stream", value: true }],
  ["Failed to decode the stream: it must be a valid image", undefined],
  ["Number of images exceeds the limit: max 1", { pictures: "joined" }],
  ["This model's maximum context length is 2048 tokens. However, you requested 3000 tokens.", undefined],
  [
    "max_tokens is too large: 128. This model supports at most 64 completion tokens, whereas you provided 128.",
    { parameter: "max_tokens", value: 64 },
  ],
  [
    "max_tokens: 128 > 96, which is the maximum allowed number of output tokens",
    { parameter: "max_tokens", value: 96 },
  ],
  ["Invalid 'max_tokens': below minimum value. Expected a value >= 256", { parameter: "max_tokens", value: 256 }],
  ["Invalid max_tokens value, the valid range of max_tokens is [1, 100]", { parameter: "max_tokens", value: 100 }],
  [
    "it has a maxOutputTokens value of 128 but the supported range is from 1 (inclusive) to 65 (exclusive)",
    { parameter: "max_tokens", value: 64 },
  ],
  ["`max_tokens` must be less than or equal to `32`", { parameter: "max_tokens", value: 32 }],
  ["max_tokens must be at most 4096", undefined],
  [
    "'max_tokens' is too large: 128. This model's maximum context length is 64 tokens and your request has 50 input tokens",
    undefined,
  ],
  ["Input validation error: `temperature` must be strictly positive", { parameter: "temperature" }],
  [`{"object":"error","message":"temperature must be strictly positive, got 0"}`, { parameter: "temperature" }],
  ["it has a temperature value of 0 but the supported range is from 0 (exclusive) to 2", { parameter: "temperature" }],
  [
    `{"detail":[{"type":"greater_than","loc":["body","temperature"],"msg":"Input should be greater than 0","input":0}]}`,
    { parameter: "temperature" },
  ],
  ["top_p must be 1 when using greedy sampling.", { parameter: "top_p" }],
  ["temperature must be in (0, 1]", { parameter: "temperature" }],
  ["max_tokens must be greater than the length of the prompt", undefined],
  ["The width of the image must be greater than 10", undefined],
  ["Invalid image: the picture is not supported", undefined],
  ["The model m is not supported", undefined],
  ["System role not supported", undefined], // there was no such message
])("of the refusal %s the mend is known", (body, adaptation) => {
  expect(findAdaptation(body, { parameters: sent, pictures: 2 })).toEqual(adaptation);
});

test.each([
  '{"object":"error","message":"System role not supported","type":"BadRequestError"}',
  "Jinja error: System role not supported; roles must alternate user/assistant/user/assistant/...",
  "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
  "Developer instruction is not enabled for models/gemma-3-27b-it",
  "This model does not support system prompts.",
  "Invalid role: system",
])("the refusal of a system message is known: %s", (body) => {
  expect(findAdaptation(body, { parameters: sent, pictures: 1, hasSystem: true })).toEqual({ system: "joined" });
});

test.each(["temperature must be set to 1", "The system is overloaded", "Unsupported parameter: 'seed'"])(
  "another refusal is none of a system message: %s",
  (body) => {
    expect(findAdaptation(body, { parameters: sent, pictures: 1, hasSystem: true })).not.toEqual({ system: "joined" });
  },
);

const unknown = { message: "Unknown parameter: 'temperature'.", param: "temperature" };

test("a parameter that a server refuses ends it at once; with adapt it is left out, once, and that is written down", async () => {
  const plain = await open(refuse("temperature", unknown));
  await expect(plain.predictor.predict(plain.examples.slice(0, 1))).rejects.toMatchObject({
    code: "endpoint-parameter",
    message: expect.stringContaining("does not take the parameter temperature"),
  });
  const { predictor, examples, asked } = await open(refuse("temperature", unknown), { adapt: true });
  await predictor.prepare!(examples, undefined);
  expect(predictor.description).toMatchObject({
    adapted: [{ parameter: "temperature" }],
    request: { max_tokens: 128 },
  });
  expect(await predictor.predict(examples)).toMatchObject([{ prediction: "yes" }, {}, {}]);
  expect(asked).toHaveLength(4); // the refused one, and each example once
});

test("an example whose picture cannot be sent is not what it is found out with; a failure is not asked twice", async () => {
  const { predictor, examples, asked } = await open(status(422, {}, "no"), { adapt: true });
  const broken = { ...examples[0]!, id: "broken", images: ["none.jpg"] };
  await predictor.prepare!([broken, ...examples], undefined);
  expect(await predictor.predict([broken, ...examples.slice(0, 1)])).toMatchObject([
    { error: expect.stringContaining("none.jpg") },
    { error: expect.stringMatching(/^status 422/) },
  ]);
  expect(asked).toHaveLength(1);
});

test("what a run was adapted to is taken up without asking", async () => {
  const { predictor, examples, asked } = await open(refuse("temperature", unknown), { adapt: true });
  await predictor.prepare!(examples, { adapted: [{ parameter: "temperature" }] });
  expect(asked).toHaveLength(0);
  expect(predictor.description.request).toEqual({ max_tokens: 128 });
});

test("a refusal of one example, after others were answered, fails that one", async () => {
  let count = 0;
  const answer: Answer = (response, asked) =>
    (++count === 2 ? status(400, {}, JSON.stringify({ error: unknown })) : say("yes"))(response, asked);
  const { predictor, examples } = await open(answer);
  await predictor.predict(examples.slice(0, 1));
  const [second] = await predictor.predict(examples.slice(1, 2));
  expect(second).toMatchObject({ id: "1", error: expect.stringMatching(/^status 400/) });
  expect(second).not.toHaveProperty("mend");
});
