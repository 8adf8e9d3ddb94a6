import { expect, test } from "vitest";
import { runCli } from "./run-cli.js";

/** Each line lacks what it misspells. */
test.each([
  ["score --tsk caption --references r.json --predictions p.json", "--tsk", "--task"],
  ["score --task caption --reference r.json --predictions p.json", "--reference", "--references"],
  ["score --task caption --references r.json --prediction p.json", "--prediction", "--predictions"],
  ["run --task vqa --dta d --checkpoint c --out o", "--dta", "--data"],
  ["run --task vqa --data d --chekpoint c --out o", "--chekpoint", "--checkpoint"],
  ["run --task vqa --data d --checkpoint c --ouput o", "--ouput", "--out"],
  ["finetune --task vqa --data d --chekpoint c --out o --steps 3", "--chekpoint", "--checkpoint"],
  ["finetune --task vqa --data d --checkpoint c --out o --step 3", "--step", "--steps"],
  ["tokenizer train a.txt --ot b", "--ot", "--out"],
])("%s: did you mean", async (line, wrong, right) => {
  const { code, stdout, stderr } = await runCli(...line.split(" "));
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(`unknown option '${wrong}'`);
  expect(stderr).toContain(`Did you mean ${right}?`);
});

test("an option that is misspelt with its value in one word is told as the others are", async () => {
  const { stderr } = await runCli("run", "--task=vqa", "--dta=d", "--checkpoint=c", "--out=o");
  expect(stderr).toContain("unknown option '--dta'");
  expect(stderr).toContain("Did you mean --data?");
});

test("what is only missing is named, with nothing done before", async () => {
  const { code, stderr } = await runCli("run", "--task", "vqa", "--out", "o");
  expect(code).toBe(2);
  expect(stderr).toBe("error: required option '--data <folder>' not specified\n(--help shows how to use it)\n");
});
