import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { openAnswerCache } from "../../../harness/sources/answer-cache.js";
import { parseAddress } from "../../../harness/sources/endpoint-address.js";
import type { Question } from "../../../harness/sources/endpoint-request.js";
import { Scratch } from "../cli/run-cli.js";

const question = (text: string, more: object = {}, picture = "AAAA"): Question => ({
  parameters: { model: "m", temperature: 0, ...more },
  messages: [
    {
      role: "user",
      content: [
        { type: "image_url", image_url: { url: `data:image/png;base64,${picture}` } },
        { type: "text", text },
      ],
    },
  ],
  pictures: 1,
});
const address = (base = "http://h/v1", key = "sk-123456789", headers: string[] = []) =>
  parseAddress(base, { SIMVLM_API_KEY: key }, headers);
const said = (content: string) => ({ reply: { content, finishReason: "stop" }, usage: { input: 3, seconds: 1 } });

test("an answer is found by whoever asks the same, with whatever key; nothing else finds it", async () => {
  const scratch = new Scratch();
  const open = (where = address()) => openAnswerCache(scratch.at("cache"), where);
  await open().keep(question("What?"), said("a ball"));
  expect(await open(address("http://h/v1", "sk-other-one-2")).find(question("What?"))).toEqual(said("a ball"));
  for (const other of [
    question("What?", { temperature: 0.1 }),
    question("What?", { model: "n" }),
    question("What?", { seed: 1 }),
    question("What then?"),
    question("What?", {}, "AAAB"),
  ]) {
    expect(await open().find(other)).toBeUndefined();
  }
  for (const where of [
    address("http://h/v2"),
    address("http://h/v1?api-version=2"),
    address("http://h/v1", "k", ["X: 1"]),
  ]) {
    expect(await open(where).find(question("What?"))).toBeUndefined();
  }
});

test("many write the same at the same time, and what a killed one left is swept", async () => {
  const scratch = new Scratch();
  const cache = openAnswerCache(scratch.at("cache"), address());
  await cache.keep(question("What?"), said("a ball"));
  const [shelf] = readdirSync(scratch.at("cache"));
  const [file] = readdirSync(scratch.at(`cache/${shelf}`));
  const left = scratch.at(`cache/${shelf}/.${file}.1999999999.tmp`);
  mkdirSync(dirname(left), { recursive: true });
  writeFileSync(left, "half");
  await Promise.all(Array.from({ length: 40 }, () => cache.keep(question("What?"), said("a ball"))));
  expect(readdirSync(scratch.at(`cache/${shelf}`))).toEqual([file]);
  expect(await cache.find(question("What?"))).toEqual(said("a ball"));
});

test.each([
  "",
  "{",
  "[]",
  '{"format":2}',
  '{"format":1,"asked":{"url":"u"},"reply":{"content":7,"finishReason":null}}',
])("what is damaged, %j, is not there, and is written anew", async (text) => {
  const scratch = new Scratch();
  const cache = openAnswerCache(scratch.at("cache"), address());
  await cache.keep(question("What?"), said("a ball"));
  const [shelf] = readdirSync(scratch.at("cache"));
  const [file] = readdirSync(scratch.at(`cache/${shelf}`));
  writeFileSync(scratch.at(`cache/${shelf}/${file}`), text);
  expect(await cache.find(question("What?"))).toBeUndefined();
  await cache.keep(question("What?"), said("a cup"));
  expect(await cache.find(question("What?"))).toEqual(said("a cup"));
});
