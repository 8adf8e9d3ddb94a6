import { afterEach, expect, test } from "vitest";
import { parseAddress } from "../../../harness/sources/endpoint-address.js";
import { createEndpointPredictor, type EndpointOptions } from "../../../harness/sources/endpoint-predictor.js";
import { isFailure, type Outcome } from "../../../harness/tasks/prediction.js";
import {
  completeSettings,
  type TaskData,
  type TaskExample,
  type TaskName,
  type TaskSettings,
} from "../../../harness/tasks/task.js";
import { findTask } from "../../../harness/tasks/task-registry.js";
import { tinyJpeg } from "../../tiny-jpeg.js";
import { Scratch } from "../cli/run-cli.js";
import { type Answer, cut, hang, say, sendRaw, serve, status } from "./server.js";

const KEY = "sk-very-secret-7";
const scratch = new Scratch();
const picture = scratch.write("a.jpg", tinyJpeg());
const servers: { close(): void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

interface Given extends Partial<Omit<EndpointOptions, "settings">> {
  readonly task?: TaskName;
  readonly settings?: Partial<TaskSettings>;
  readonly classes?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
}

async function ask(answers: Answer[], examples: Partial<TaskExample>[], given: Given = {}) {
  const server = await serve(...answers);
  servers.push(server);
  const { task: name = "caption", settings, classes = [], environment = { SIMVLM_API_KEY: KEY }, ...options } = given;
  const task = findTask(name);
  const whole = examples.map((example, i) => ({
    id: String(i),
    images: [picture],
    prefix: "",
    targets: [],
    ...example,
  }));
  const data: TaskData = { examples: whole, files: [], classes };
  const predictor = createEndpointPredictor(parseAddress(server.url, environment), task, data, {
    model: "llava",
    backOff: 0.005,
    timeout: 30,
    ...options,
    settings: completeSettings(task, settings),
  });
  return { outcomes: await predictor.predict(whole), asked: server.asked, predictor };
}

const errorOf = ([outcome]: readonly Outcome[]): string => (isFailure(outcome!) ? outcome.error : "");

test("the picture goes as a data URL, the key as a header and nowhere else", async () => {
  const { outcomes, asked, predictor } = await ask([say(" A dog\r\n on\u2028 sand. ")], [{}], { maxTokens: 20 });
  expect(outcomes).toEqual([
    {
      id: "0",
      prediction: "A dog on sand.",
      reply: { content: " A dog\r\n on\u2028 sand. ", finishReason: "stop" },
      usage: { seconds: expect.any(Number) },
    },
  ]);
  const [{ path, headers, body }] = asked as [(typeof asked)[0]];
  expect(path).toBe("/v1/chat/completions");
  expect(headers.authorization).toBe(`Bearer ${KEY}`);
  expect(body).toMatchObject({ model: "llava", temperature: 0, max_tokens: 20 });
  expect(body.messages[0]!.content[0]).toEqual({
    type: "image_url",
    image_url: { url: `data:image/jpeg;base64,${tinyJpeg().toString("base64")}` },
  });
  expect(predictor.description).toMatchObject({
    kind: "endpoint",
    url: expect.stringMatching(/^http:.*\/v1\/chat\/completions$/),
    model: "llava",
    instruction: expect.stringContaining("in English"),
  });
  expect(JSON.stringify(predictor.description)).not.toContain(KEY);
});

test("without a key there is no such header; OPENAI_API_KEY is the second choice", async () => {
  const bare = await ask([say("x")], [{}], { environment: {} });
  expect(bare.asked[0]!.headers).not.toHaveProperty("authorization");
  const other = await ask([say("x")], [{}], { environment: { SIMVLM_API_KEY: " ", OPENAI_API_KEY: "sk-2\n" } });
  expect(other.asked[0]!.headers.authorization).toBe("Bearer sk-2");
});

test.each<[TaskName, Partial<TaskExample>, Partial<TaskSettings>, RegExp]>([
  ["caption", {}, { language: "de" }, /caption.* in German|in German.*caption/],
  ["caption", {}, { prompt: "Say it in verse." }, /^Say it in verse\.$/],
  ["vqa", { statement: "How many dogs?" }, {}, /^How many dogs\?\n.*short/],
  ["vqa", { prefix: "How many dogs?" }, { answer: "generate" }, /^How many dogs\?\n.*short/],
  ["nlvr2", { statement: "Both are red.", images: [picture, picture] }, {}, /\nBoth are red\.\n.*True or False/],
  ["snli-ve", { statement: "It is day." }, {}, /picture shows.*\nHypothesis: It is day\.\n/],
  ["snli-ve", { prefix: "Noon.", images: [] }, { modality: "text" }, /^Premise: Noon\.\n/],
  ["translate", { prefix: "A dog." }, {}, /into German.*\nA dog\.\n/],
  ["complete", { prefix: "A dog on" }, {}, /rest.*\nA dog on\n/],
])("%s is put into words with %j", async (task, example, settings, words) => {
  const { asked } = await ask([say("true")], [example], { task, settings, classes: ["False", "True"] });
  expect(asked[0]!.text).toMatch(words);
  expect(asked[0]!.body.messages[0]!.content).toHaveLength((example.images?.length ?? 1) + 1);
});

test.each<[string, Answer]>([
  ["status 500", status(500)],
  ["status 408", status(408)],
  ["status 429", status(429)],
  ["a cut connection", cut],
  ["silence", hang],
])("%s, then an answer", async (_, fault) => {
  const { outcomes, asked } = await ask([fault, say("a dog")], [{}], { timeout: fault === hang ? 1 : 30 });
  expect(outcomes).toMatchObject([{ id: "0", prediction: "a dog" }]);
  expect(asked).toHaveLength(2);
});

test.each<[string, Answer, RegExp]>([
  ["status 503", status(503), /^status 503: .*busy.* \(after 3 attempts\)$/],
  ["a cut connection", cut, /^the connection failed: .* \(after 3 attempts\)$/],
  ["silence", hang, /^no answer within 0\.1 s \(after 3 attempts\)$/],
])("%s for ever is a failure of the example", async (_, fault, message) => {
  const { outcomes, asked } = await ask([fault], [{}], { retries: 2, timeout: fault === hang ? 0.1 : 30 });
  expect(errorOf(outcomes)).toMatch(message);
  expect(asked).toHaveLength(3);
});

test.each<[string, Answer, RegExp]>([
  ["status 400", status(400, {}, `{"error":"too big, ${KEY}"}`), /^status 400: .*too big, \[key\]/],
  ["HTML", sendRaw("<!doctype html><title>Log  in</title>"), /^the reply is a web page, "Log in", .*a proxy may want/],
  ["HTML with a status", status(400, {}, "<html><head>"), /^status 400: a web page, and no answer of an API/],
  ["another shape", sendRaw('{"answer":"a dog"}'), /no choices\[0\]\.message\.content: .*answer.*a dog/],
  ["no choices", sendRaw('{"choices":[]}'), /no choices\[0\]/],
  ["a number as content", say(7), /no choices\[0\]/],
  ["an empty answer", say("\n"), /empty \(finish_reason "stop"\)/],
  ["a refusal", sendRaw('{"choices":[{"message":{"content":null,"refusal":"No."}}]}'), /refused: "No\."/],
  ["a flood", sendRaw("x".repeat(2 << 20)), /too long to be an answer/],
])("%s is a failure that is not asked again", async (_, fault, message) => {
  const { outcomes, asked } = await ask([fault], [{}]);
  expect(errorOf(outcomes)).toMatch(message);
  expect(errorOf(outcomes)).not.toContain(KEY);
  expect(asked).toHaveLength(1);
});

test("content in parts is put together", async () => {
  const { outcomes } = await ask(
    [
      say([
        { type: "text", text: "a " },
        { type: "text", text: "dog" },
      ]),
    ],
    [{}],
  );
  expect(outcomes).toMatchObject([{ id: "0", prediction: "a dog" }]);
});

test("Retry-After is waited for, in seconds and as a date; a server that wants too long is not", async () => {
  const { asked } = await ask([status(429, { "retry-after": "0.4" }), say("a")], [{}]);
  expect(asked[1]!.at - asked[0]!.at).toBeGreaterThan(380);
  const date = new Date(Date.now() + 2000).toUTCString();
  const dated = await ask([status(503, { "retry-after": date }), say("a")], [{}]);
  expect(dated.asked[1]!.at - dated.asked[0]!.at).toBeGreaterThan(500);
  await expect(ask([status(429, { "retry-after": "86400" }), say("a")], [{}])).rejects.toMatchObject({
    code: "endpoint-busy",
    message: expect.stringMatching(/status 429.*again in 24 hours.*is kept; run the same command then/),
  });
});

test("each wait is twice as long, at least half of it", async () => {
  const { asked } = await ask([status(500)], [{}], { retries: 3, backOff: 0.04 });
  const waits = asked.slice(1).map(({ at }, i) => at - asked[i]!.at);
  const [first, second, third] = waits as [number, number, number];
  expect(first).toBeGreaterThan(18);
  expect(second).toBeGreaterThan(38);
  expect(third).toBeGreaterThan(78);
});

test("a wrong key, URL or model is no example's fault", async () => {
  for (const code of [401, 403, 404]) {
    await expect(ask([status(code, {}, `no ${KEY}`)], [{}])).rejects.toMatchObject({
      code: "endpoint-refused",
      message: expect.stringMatching(new RegExp(`status ${code}: "no \\[key\\]"`)),
    });
  }
});

test("a server that is down ends the run instead of failing every example", async () => {
  const many = Array.from({ length: 25 }, () => ({}));
  await expect(ask([status(500)], many, { retries: 0 })).rejects.toMatchObject({ code: "endpoint-unavailable" });
});

test("asked to stop, it does not wait for another attempt", async () => {
  const controller = new AbortController();
  const stop: Answer = (response, asked) => {
    controller.abort();
    status(500)(response, asked);
  };
  const { outcomes, asked } = await ask([stop], [{}], { backOff: 60, signal: controller.signal });
  expect(errorOf(outcomes)).toMatch(/^status 500/);
  expect(asked).toHaveLength(1);
});

test.each([
  ["nlvr2", ["False", "True"], "**True.**", "True"],
  ["snli-ve", ["entailment", "neutral", "contradiction"], "I would say Neutral", "neutral"],
] as const)("%s: the class is found in what was said", async (task, classes, text, prediction) => {
  const example = { statement: "x" };
  expect((await ask([say(text)], [example], { task, classes })).outcomes).toMatchObject([{ id: "0", prediction }]);
  const none = await ask([say("maybe")], [example], { task, classes });
  expect(errorOf(none.outcomes)).toMatch(/names none of .*: "maybe"/);
  const both = await ask([say(classes.join(" or "))], [example], { task, classes });
  expect(errorOf(both.outcomes)).toMatch(/names several of/);
});

test("a picture that cannot be sent fails by itself", async () => {
  const bad = scratch.write("b.jpg", "no picture");
  const { outcomes, asked } = await ask([say("a dog")], [{ images: [bad] }, { images: [scratch.at("none")] }, {}]);
  expect(outcomes.map(isFailure)).toEqual([true, true, false]);
  expect(asked).toHaveLength(1);
});

test.each([
  ["ftp://host/v1", /not an http/],
  ["localhost", /not an http/],
  ["http://me:secret@host/v1", /user name or password/],
])("the address %s is refused, and not repeated with what is secret", (url, message) => {
  expect(() => parseAddress(url, {})).toThrow(message);
  expect(() => parseAddress(url, {})).not.toThrow(/secret/);
});

test("a query goes along, and is not written down; a key with a line break in it is refused", () => {
  const { url, name } = parseAddress("https://host/openai/?token=abc", {});
  expect(url.href).toBe("https://host/openai/chat/completions?token=abc");
  expect(name).toBe("https://host/openai/chat/completions");
  expect(() => parseAddress("https://host", { SIMVLM_API_KEY: "a\nb" })).toThrow(/SIMVLM_API_KEY/);
});
