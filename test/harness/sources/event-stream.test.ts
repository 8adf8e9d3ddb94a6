import { expect, test } from "vitest";
import { isEventStream, joinEvents } from "../../../harness/sources/event-stream.js";

const delta = (content: unknown, more: object = {}) => ({ choices: [{ index: 0, delta: { content }, ...more }] });
const stream = (...events: (object | string)[]) =>
  events.map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`).join("");

const read = (body: string): unknown => JSON.parse(joinEvents(body));

test("pieces are put together, and the last of everything else counts", () => {
  const body = stream(
    { id: "x", ...delta("a ") },
    { choices: [{ index: 0, delta: { reasoning_content: "sand" } }] },
    delta("street", { finish_reason: null }),
    delta(null, { finish_reason: "stop", native_finish_reason: "STOP" }),
    { choices: [], usage: { prompt_tokens: 7 } },
    "[DONE]",
    delta("never"),
  );
  expect(read(`: a comment\n\nevent: chunk\n${body}`)).toEqual({
    id: "x",
    usage: { prompt_tokens: 7 },
    choices: [
      {
        index: 0,
        message: { content: "a street", reasoning_content: "sand" },
        finish_reason: "stop",
        native_finish_reason: "STOP",
      },
    ],
  });
});

test("choices that come in any order are told apart; line feeds of every kind part events", () => {
  const events = [
    { choices: [{ index: 1, delta: { content: "no" } }] },
    { choices: [{ index: 0, delta: { content: "y" } }] },
    { choices: [{ index: 0, delta: { content: [{ type: "text", text: "es" }] } }] },
  ];
  const body = `${events.map((event) => `data:${JSON.stringify(event)}\r\n\r\n`).join("")}data: [DONE]\r\r`;
  expect(read(body)).toMatchObject({ choices: [{ index: 0 }, { index: 1, message: { content: "no" } }] });
});

test("whole messages in a stream are taken, too", () => {
  expect(read(stream({ choices: [{ message: { content: "yes" }, finish_reason: "stop" }] }))).toMatchObject({
    choices: [{ message: { content: "yes" } }],
  });
});

test("a stream that ends before its end was cut; an error in it is handed on", () => {
  expect(() => joinEvents(stream(delta("a ")))).toThrow(/ended before/);
  expect(read(stream(delta("a "), { error: { code: 502 } }))).toMatchObject({ error: { code: 502 } });
});

test("a body shows what it is, whatever its type says", () => {
  expect(isEventStream("text/event-stream; charset=utf-8", "")).toBe(true);
  expect(isEventStream("application/json", ": a comment\n\ndata: {}")).toBe(true);
  expect(isEventStream("text/event-stream", '\n{"choices":[]}')).toBe(false);
  expect(isEventStream(null, '{"data":1}')).toBe(false);
});

test("what cannot be read may be a part of the answer: then there is none", () => {
  const body = stream(delta("a "), '{"choices":[{"del', "[DONE]");
  expect(joinEvents(body)).toBe(body);
});
