import { expect, test } from "vitest";
import { findAnswer, findRule } from "../../../harness/sources/final-answer.js";

test.each([
  ["<think>\nsand?\n</think>\n\na street", "a street"],
  ["<THINK>sand</THINK> a street", "a street"],
  ['<thinking depth="2">sand</thinking>a street', "a street"],
  ["a <think>sand</think>street", "a street"],
  ["The template began this thought.</think>a street", "a street"],
  ["<think>a<think>b</think>c</think>a street", "a street"],
  ["<think>I write <reasoning> now</think>a street", "a street"],
  ["<reasoning>sand</reasoning><think>sand</think>a street", "a street"],
  ["[THINK]sand[/THINK]a street", "a street"],
  ["◁think▷sand◁/think▷a street", "a street"],
  [
    "<|channel|>analysis<|message|>sand<|end|><|start|>assistant<|channel|>final<|message|>a street<|return|>",
    "a street",
  ],
  ["<think>sand</think><answer> a street </answer>", "a street"],
  ["I see cars. <answer>a street</answer> That is all.", "a street"],
  ["a street<|im_end|>", "a street"],
  ["a street</s> <|endoftext|>\n", "a street"],
  ["a\r\n street\u2028 ", "a street"],
  ["I think <b>a street</b>", "I think <b>a street</b>"],
  ["<|channel>thought\nsand?\n<channel|>a street<turn|>", "a street"],
  ["<|begin_of_box|>a street<|end_of_box|>", "a street"],
  ["<think>sand</think>It is <|begin_of_box|>a street<|end_of_box|>.", "a street"],
  ["<|begin_of_solution|>a street<|end_of_solution|>", "a street"],
  ["<thinking>sand</thinking>a street", "a street"],
  ["<analysis>sand</analysis>a street", "a street"],
  ["<unused94>thought sand<unused95>a street", "a street"],
  ["<|thinking|>sand<|/thinking|>a street<|user|>", "a street"],
  ["no", "no"],
])("of %j the answer is %j", (reply, text) => {
  expect(findAnswer(reply)).toEqual({ text, isThinking: false });
});

test.each([
  ["<think>\nsand and then some", ""],
  ["a street <think>or sand", "a street"],
  ["<think>sand</think>a street<think>", "a street"],
  ["<|channel|>analysis<|message|>sand", ""],
  ["<|channel>thought sand", ""],
])("a thought in %j never ends", (reply, text) => {
  expect(findAnswer(reply)).toEqual({ text, isThinking: true });
});

test("a reply is read by the rule that its manifest names", () => {
  const reply = "<analysis>sand</analysis><|begin_of_box|>a street<|end_of_box|>";
  expect(findAnswer(reply, findRule("final-answer-1")).text).toBe(reply);
  expect(findAnswer(reply, findRule("final-answer-2")).text).toBe("a street");
  expect(findRule("final-answer-3")).toBeUndefined();
});

test("a megabyte of marks is read like any other text", () => {
  for (const mark of [
    "<think>",
    "</think>",
    "</s>",
    "<think ",
    "<answer>",
    "<|channel|>",
    "[think]",
    "<|channel>thought",
    "<|begin_of_box|>",
  ]) {
    findAnswer(mark.repeat(2 ** 20 / mark.length));
  }
});
