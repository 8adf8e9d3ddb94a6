import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { parseAddress } from "../../../harness/sources/endpoint-address.js";
import { createEndpointPredictor, type EndpointOptions } from "../../../harness/sources/endpoint-predictor.js";
import type { Flaw, Outcome } from "../../../harness/tasks/prediction.js";
import { completeSettings, type TaskData } from "../../../harness/tasks/task.js";
import { findTask } from "../../../harness/tasks/task-registry.js";
import { type Answer, choose, cut, say, sendBytes, sendRaw, serve, status } from "./server.js";

const KEY = 'no/"9';
const servers: { close(): void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function open(answers: readonly Answer[], options: Partial<EndpointOptions> = {}, query = "") {
  const server = await serve(...answers);
  servers.push(server);
  const task = findTask("vqa");
  const examples = ["0", "1", "2"].map((id) => ({ id, images: [], statement: "Is it?", targets: [] }));
  const data: TaskData = { examples, files: [], classes: [] };
  const address = parseAddress(`${server.url}${query}`, { SIMVLM_API_KEY: KEY });
  const settings = completeSettings(task, { modality: "none" });
  const predictor = createEndpointPredictor(address, task, data, { model: "m", backOff: 0.005, settings, ...options });
  return { predictor, examples, server };
}

async function ask(answer: Answer | readonly Answer[], options?: Partial<EndpointOptions>, query?: string) {
  const { predictor, examples, server } = await open(
    Array.isArray(answer) ? answer : [answer as Answer],
    options,
    query,
  );
  const [outcome] = await predictor.predict(examples.slice(0, 1));
  return { outcome: outcome as Partial<Outcome> & { error?: string; prediction?: string }, server };
}

const message = (content: unknown, more: object = {}) => ({ message: { role: "assistant", content, ...more } });
const part = (type: string, more: object) => ({ type, ...more });

test("a key that is a word is not hidden in answers, but in what is said of errors", async () => {
  const yes = await ask(say('no/"9 is a word'));
  expect(yes.outcome).toEqual({
    id: "0",
    prediction: 'no/"9 is a word',
    reply: { content: 'no/"9 is a word', finishReason: "stop" },
    usage: { seconds: expect.any(Number) },
  });
});

test.each<[string, Answer]>([
  ["in an error", status(400, {}, `no ${KEY}`)],
  ["in an error, as JSON", status(400, {}, JSON.stringify({ error: { message: KEY } }))],
  ["in an error, in a URL", status(400, {}, `GET /v1?key=${encodeURIComponent(KEY)}&x`)],
  ["across the end of what is quoted", status(400, {}, `${"x ".repeat(119)}${KEY}`)],
  ["in no JSON", sendRaw(`<p>${KEY}</p>`)],
  ["in another shape", sendRaw(JSON.stringify({ said: KEY }))],
  ["in a refusal", choose(message(null, { refusal: KEY }))],
  ["in a reason", choose({ ...message("x"), finish_reason: KEY })],
  ["in an error in place of a reply", sendRaw(JSON.stringify({ error: KEY }))],
])("a key %s is hidden", async (_, answer) => {
  const { outcome } = await ask(answer);
  const { error = "" } = outcome;
  expect(error).not.toBe("");
  for (const echo of [KEY, JSON.stringify(KEY).slice(1, -1), encodeURIComponent(KEY), "no/"]) {
    expect(error).not.toContain(echo);
  }
});

test("a key in the address's query is hidden in errors", async () => {
  const echo: Answer = (response, { path }) => response.writeHead(400).end(`bad request: ${path}`);
  const { outcome } = await ask(echo, {}, "?api_key=se%2Fcret&version=2");
  expect(outcome.error).toMatch(/api_key=\[key\]&version=2/);
});

test.each<[string, Answer, string, object]>([
  ["thoughts", say("<think>sand?</think>\n\nyes"), "yes", { content: "<think>sand?</think>\n\nyes" }],
  ["thoughts apart", choose(message("yes", { reasoning_content: "sand?" })), "yes", { reasoning: "sand?" }],
  ["thoughts by another name", choose(message("yes", { thinking: "sand?" })), "yes", { reasoning: "sand?" }],
  ["parts", say([part("text", { text: "y" }), part("text", { text: "es" })]), "yes", {}],
  ["a part of thoughts", say([part("reasoning", { text: "sand?" }), part("text", { text: "yes" })]), "yes", {}],
  [
    "thoughts in a part",
    say([part("thinking", { thinking: [{ text: "sand" }, {}] }), part("text", { text: "yes" })]),
    "yes",
    { content: [{ type: "thinking", text: "sand" }, {}] },
  ],
  [
    "thoughts in details",
    choose(message("yes", { reasoning_details: [{ text: "sand?" }] })),
    "yes",
    { reasoning: "sand?" },
  ],
  [
    "a part that is a thought",
    say([part("text", { text: "sand", thought: true }), part("text", { text: "yes" })]),
    "yes",
    {},
  ],
  ["an unknown part", say([part("audio", { text: "sand?" }), part("output_text", { text: "yes" })]), "yes", {}],
  ["texts", say(["y", "es"]), "yes", {}],
  ["a completion of old", sendRaw('{"choices":[{"text":"yes","finish_reason":"stop"}]}'), "yes", {}],
  [
    "the first of several choices, wherever it stands",
    sendRaw('{"choices":[{"index":1,"message":{"content":"no"}},{"index":0,"message":{"content":"yes"}}]}'),
    "yes",
    {},
  ],
  ["no reason at all", choose(message("yes")), "yes", { finishReason: null }],
  [
    "the reason of the server behind the server",
    choose({ ...message("yes"), finish_reason: "stop", native_finish_reason: "STOP" }),
    "yes",
    { nativeFinishReason: "STOP" },
  ],
  [
    "filters that found nothing",
    choose({
      ...message("yes"),
      finish_reason: "stop",
      content_filter_results: { hate: { filtered: false, severity: "safe" } },
    }),
    "yes",
    {},
  ],
  [
    "a stream",
    sendRaw(
      'data: {"choices":[{"delta":{"content":"ye"}}]}\n\ndata: {"choices":[{"delta":{"content":"s"},"finish_reason":"stop"}]}\n\n',
    ),
    "yes",
    {},
  ],
  ["no reason", choose({ ...message("yes"), finish_reason: null }), "yes", { finishReason: null }],
  ["another word for the end", choose({ ...message("yes"), finish_reason: "eos_token" }), "yes", {}],
  ["empty refusal and tools", choose(message("yes", { refusal: "", tool_calls: [] })), "yes", {}],
])("%s: the answer, and the reply as it came", async (_, answer, prediction, reply) => {
  expect((await ask(answer)).outcome).toMatchObject({ id: "0", prediction, reply });
});

const cutReply = choose({ ...message("it is a"), finish_reason: "length" });

test.each<[string, Answer, Flaw, RegExp]>([
  ["cut", cutReply, "cut", /^the answer is cut at the limit of tokens \(finish_reason "length"\)$/],
  ["cut elsewhere", choose({ ...message("it is"), finish_reason: "MAX_TOKENS" }), "cut", /cut/],
  ["cut while thinking", choose({ ...message("<think>sand"), finish_reason: "length" }), "cut", /thought.*never ends/],
  [
    "cut, only thoughts",
    choose({ ...message(null, { reasoning: "x" }), finish_reason: "length" }),
    "cut",
    /only thoughts/,
  ],
  ["cut, by another field", choose({ ...message("it"), finish_details: { type: "max_tokens" } }), "cut", /cut/],
  [
    "cut, by a name with a prefix",
    choose({ ...message("it"), finish_reason: "FinishReason.MAX_TOKENS" }),
    "cut",
    /cut/,
  ],
  ["a refusal as a part", say([part("refusal", { refusal: "I can't." })]), "refused", /refused: "I can't."$/],
  ["filtered", choose({ ...message(""), finish_reason: "content_filter" }), "filtered", /filtered/],
  ["filtered in part", choose({ ...message("it"), finish_reason: "SAFETY" }), "filtered", /filtered/],
  ["filtered before", status(400, {}, '{"error":{"code":"content_filter"}}'), "filtered", /^status 400/],
  [
    "cut, says the server behind the server",
    choose({ ...message("it"), finish_reason: "stop", native_finish_reason: "MAX_TOKENS" }),
    "cut",
    /native_finish_reason "MAX_TOKENS"/,
  ],
  [
    "filtered, says a filter of the answer",
    choose({ ...message("it"), finish_reason: "stop", content_filter_results: { violence: { filtered: true } } }),
    "filtered",
    /filters: "violence"/,
  ],
  [
    "filtered, says a filter of the question",
    sendRaw(
      '{"choices":[{"message":{"content":""}}],"prompt_filter_results":[{"content_filter_results":{"hate":{"filtered":true}}}]}',
    ),
    "filtered",
    /filters: "hate"/,
  ],
  [
    "cut, in a stream",
    sendRaw('data: {"choices":[{"delta":{"content":"it"},"finish_reason":"length"}]}\n\n'),
    "cut",
    /cut/,
  ],
  ["a function of old", choose(message("it", { function_call: { name: "look" } })), "unfinished", /a tool/],
  [
    "a tool beside words",
    choose({ ...message("it", { tool_calls: [{}] }), finish_reason: "stop" }),
    "unfinished",
    /tool/,
  ],
  ["refused", choose(message(null, { refusal: "I can't." })), "refused", /^the model refused: "I can't."$/],
  ["refused with words", choose(message("Sorry.", { refusal: "I can't." })), "refused", /refused/],
  ["refused by reason", choose({ ...message("Sorry."), finish_reason: "refusal" }), "refused", /refused/],
  ["a tool", choose({ ...message(null, { tool_calls: [{}] }), finish_reason: "tool_calls" }), "unfinished", /a tool/],
  ["a thought without end", say("<think>sand"), "unfinished", /never ends/],
  [
    "an unknown reason",
    choose({ ...message("yes"), finish_reason: "insufficient_system_resource" }),
    "unfinished",
    /whole/,
  ],
  ["a number as reason", choose({ ...message("yes"), finish_reason: 3 }), "unfinished", /whole/],
])("%s: no answer, and why", async (_, answer, flaw, error) => {
  const { outcome, server } = await ask(answer);
  expect(outcome).toMatchObject({ flaw, error: expect.stringMatching(error) });
  expect(outcome).not.toHaveProperty("prediction");
  expect(server.asked).toHaveLength(1);
});

test.each<[string, Answer, RegExp]>([
  ["null", say(null), /^the answer is empty/],
  ["nothing that anybody sees", say(" \u200b\n\u0000"), /^the answer is empty/],
  ["only thoughts", say("<think>sand</think>"), /empty .*only thoughts/],
  ["a tool, and the usual reason", choose(message(null, { tool_calls: [{ id: "x" }] })), /called a tool/],
  ["only a tool's part", say([part("tool_use", { id: "x" })]), /no part of it is an answer/],
  [
    "an answer with an error",
    sendRaw('{"choices":[{"message":{"content":"ye"}}],"error":{"message":"x"}}'),
    /broke off/,
  ],
  ["no choices", sendRaw('{"choices":[]}'), /no choices/],
  ["an unknown choice", sendRaw('{"choices":[{"said":"yes"}]}'), /no choices/],
  [
    "a choice that is an error",
    sendRaw('{"choices":[{"message":{"content":"ye"},"error":{"code":502}}]}'),
    /broke off/,
  ],
  [
    "an empty stream",
    sendBytes(Buffer.from("data: [DONE]\n\n"), { "content-type": "text/event-stream" }),
    /no choices/,
  ],
  ["half a reply", sendRaw('{"choices":[{"message":{"content":"ye'), /not JSON/],
  ["nothing", sendRaw(""), /not JSON/],
  ["deep brackets", sendRaw("[".repeat(900_000)), /not JSON/],
  ["a deep reply", sendRaw(`${"[".repeat(90_000)}${"]".repeat(90_000)}`), /no choices/],
  [
    "letters that are none",
    sendBytes(Buffer.from('{"choices":[{"message":{"content":"caf\xe9"}}]}', "latin1")),
    /not UTF-8/,
  ],
  ["a flood, packed", sendBytes(gzipSync(Buffer.alloc(64 << 20)), { "content-encoding": "gzip" }), /too long/],
])("%s is no answer", async (_, answer, error) => {
  const { outcome } = await ask(answer);
  expect(outcome.error).toMatch(error);
});

test("letters are read in the charset that the server names, and as UTF-8 where they are that", async () => {
  const latin1 = Buffer.from('{"choices":[{"message":{"content":"caf\xe9"}}]}', "latin1");
  const type = { "content-type": 'application/json; charset="ISO-8859-1"' };
  expect((await ask(sendBytes(latin1, type))).outcome.prediction).toBe("café");
  const utf8 = Buffer.from('\ufeff{"choices":[{"message":{"content":"café"}}]}');
  expect((await ask(sendBytes(utf8, type))).outcome.prediction).toBe("café");
});

test("a stream that is cut is tried again", async () => {
  const half = sendRaw('data: {"choices":[{"delta":{"content":"ye"}}]}\n\n');
  const { outcome, server } = await ask([half, say("yes")]);
  expect(outcome.prediction).toBe("yes");
  expect(server.asked).toHaveLength(2);
});

test("broken packing and a cut body are tried again", async () => {
  const broken = sendBytes(Buffer.from("no gzip"), { "content-encoding": "gzip" });
  expect((await ask([broken, cut, say("yes")])).outcome.prediction).toBe("yes");
});

test("an error in place of a reply has the status that it claims", async () => {
  const busy = sendRaw('{"error":{"message":"busy","code":503}}');
  const { outcome, server } = await ask([busy, say("yes")]);
  expect(outcome.prediction).toBe("yes");
  expect(server.asked).toHaveLength(2);
  await expect(ask(sendRaw('{"error":{"code":401}}'))).rejects.toMatchObject({ code: "endpoint-refused" });
});

test("flaws that are accepted are answers that say so", async () => {
  const accepted = ["refused", "cut"] as const;
  const { outcome } = await ask(cutReply, { accepted });
  expect(outcome).toMatchObject({ prediction: "it is a", flaw: "cut", reply: { finishReason: "length" } });
  const refusal = await ask(choose(message(null, { refusal: "I can't." })), { accepted });
  expect(refusal.outcome).toMatchObject({ prediction: "I can't.", flaw: "refused" });
  expect((await ask(choose({ ...message("<think>x"), finish_reason: "length" }), { accepted })).outcome).toHaveProperty(
    "error",
  );
  const { predictor } = await open([say("x")], { accepted });
  expect(predictor.description).toMatchObject({
    answers: {
      name: "final-answer-2",
      thoughts: expect.arrayContaining(["<think>…</think>"]),
      accepted: ["cut", "refused"],
    },
  });
});

test.each<[string, Answer]>([
  ["no quota", status(429, {}, '{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}')],
  ["no quota in other words", status(429, { "retry-after": "1" }, '{"error":{"type":"insufficient_quota"}}')],
  ["no quota, says a sentence", status(429, {}, "You exceeded your current quota, please check your plan.")],
  ["no balance", status(402, {}, '{"error":{"message":"Insufficient Balance"}}')],
  ["no credit", status(400, {}, '{"error":{"message":"Your credit balance is too low"}}')],
  ["no such path", status(404)],
])("%s ends it at once", async (_, answer) => {
  const { predictor, examples, server } = await open([answer], { backOff: 60 });
  await expect(predictor.predict(examples)).rejects.toMatchObject({
    code: expect.stringMatching(/^endpoint-(quota|refused)$/),
  });
  expect(server.asked.length).toBeLessThanOrEqual(examples.length);
  predictor.close!();
});

test("closed, it throws for all that waits", async () => {
  const { predictor, examples } = await open([status(503)], { backOff: 60 });
  const asking = predictor.predict(examples);
  setTimeout(() => predictor.close!(), 50);
  await expect(asking).rejects.toThrow();
});

test("a server that says when to come back is asked then, not later", async () => {
  const { outcome, server } = await ask([status(429, { "retry-after-ms": "20" }), say("yes")], { backOff: 600 });
  expect(outcome.prediction).toBe("yes");
  expect(server.asked).toHaveLength(2);
  expect((await ask([status(429, { "retry-after": "0" }), say("yes")], { backOff: 600 })).outcome.prediction).toBe(
    "yes",
  );
});
