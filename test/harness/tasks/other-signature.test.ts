import { expect, test } from "vitest";
import { describeOtherSignature } from "../../../harness/tasks/other-signature.js";

const CIDER = "CIDEr-D|nrefs:5|tok:ptb|df:references(shared)|version:simvlm-0.2.0";

test.each([
  ["a paraphrase setting", "METEOR|nrefs:5|paraphrase:yes", "METEOR|nrefs:5|paraphrase:no"],
  ["document frequencies", CIDER, CIDER.replace("shared", "per-domain")],
  ["a tokenizer", CIDER, CIDER.replace("tok:ptb", "tok:none")],
  ["a dialect", "ANLS|dialect:official", "ANLS|dialect:lmms-eval"],
  ["a variant", CIDER, CIDER.replace("CIDEr-D", "CIDEr")],
  ["a field that only one has", "NLVR2|consistency:sentence", "NLVR2"],
  ["the number of references", CIDER, CIDER.replace("nrefs:5", "nrefs:4-5")],
])("%s is told, with both values", (_, first, second) => {
  const said = describeOtherSignature(first, second)!;
  expect(said).toMatch(/^\S.* against \S.*$/);
  const reverse = describeOtherSignature(second, first)!;
  expect(said.split(" against ").reverse().join(" against ")).toBe(reverse);
});

test("says the fields as signatures have them", () => {
  expect(describeOtherSignature("M|a:1|b:2", "M|a:2|c:3")).toBe("a:1|b:2|no c against a:2|no b|c:3");
});

test("the version and what was left out are no other way of computing", () => {
  expect(describeOtherSignature(CIDER, CIDER)).toBeUndefined();
  expect(describeOtherSignature(CIDER, `${CIDER.replace("0.2.0", "0.3.0")}|missing:3|unreferenced:1`)).toBeUndefined();
});
