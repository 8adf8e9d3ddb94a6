import { expect, test } from "vitest";
import { classifyFault } from "../../../harness/sources/endpoint-fault.js";

const google = (quota: string, delay = "34s") =>
  JSON.stringify([
    {
      error: {
        code: 429,
        status: "RESOURCE_EXHAUSTED",
        message: "You exceeded your current quota, please check your plan and billing details.",
        details: [{ violations: [{ quotaId: quota }] }, { retryDelay: delay }],
      },
    },
  ]);

test.each<[string, number, string, Record<string, string>]>([
  ["Google's quota of a day", 429, google("GenerateRequestsPerDayPerProjectPerModel-FreeTier"), {}],
  ["a day's, though there is a delay", 429, google("RequestsPerDay"), { "retry-after": "34" }],
  ["RESOURCE_EXHAUSTED alone", 429, '{"error":{"status":"RESOURCE_EXHAUSTED"}}', {}],
  [
    "Hugging Face's credits",
    402,
    '{"error":"You have exceeded your monthly included credits for Inference Providers."}',
    {},
  ],
  ["the same as a 429", 429, '{"error":"You have exceeded your monthly included credits"}', { "retry-after": "1" }],
  ["the same as a 403", 403, '{"error":"You have exceeded your monthly included credits"}', {}],
  ["OpenRouter's day", 429, "Rate limit exceeded: free-models-per-day. Add 10 credits", {}],
  ["requests per day", 429, "Rate limit reached on requests per day (RPD): Limit 200. Please try again in 7m12s.", {}],
  ["tokens per day", 429, "Rate limit reached on tokens per day (TPD): Limit 100000.", {}],
  ["a daily limit", 429, "You have reached your daily limit", {}],
  ["no funds", 403, "Insufficient funds", {}],
])("%s is used up", (_, status, body, headers) => {
  expect(classifyFault(status, new Headers(headers), body)).toMatchObject({ kind: "refused", code: "endpoint-quota" });
});

test.each<[string, string, Record<string, string>, number | undefined]>([
  ["Google's minute", google("GenerateRequestsPerMinutePerProjectPerModel"), {}, 34],
  ["Google's minute, in parts", google("PerMinute", "3.25s"), {}, 3.25],
  ["a minute, in words", "Rate limit reached on requests per min. Please try again in 20s.", {}, 20],
  ["minutes and seconds", "Please try again in 1m2.5s", {}, 62.5],
  ["milliseconds", "Please try again in 250ms.", {}, 0.25],
  ["the header before the words", "Please try again in 20s", { "retry-after": "3" }, 3],
  ["a minute and a day", "Limits: 10 per minute, 500 per day", { "retry-after": "3" }, 3],
  ["Google's crowd", '{"error":{"status":"RESOURCE_EXHAUSTED","message":"Please try again later."}}', {}, undefined],
  ["nothing", "Too many requests", {}, undefined],
])("%s is waited for", (_, body, headers, wait) => {
  expect(classifyFault(429, new Headers(headers), body)).toEqual({ kind: "busy", wait });
});

test.each([301, 302, 307, 308])("status %i is the same for every example, for no redirection is followed", (status) => {
  expect(classifyFault(status, new Headers(), "moved to https://h/v1")).toMatchObject({
    kind: "refused",
    why: expect.stringContaining("name the address that it leads to"),
  });
});

test("a proxy that wants a name and a password is told from a server that wants a key", () => {
  expect(classifyFault(407, new Headers(), "")).toMatchObject({ why: expect.stringContaining("proxy") });
  expect(classifyFault(401, new Headers(), "")).toMatchObject({ why: expect.stringContaining("SIMVLM_API_KEY") });
});
