import { expect, test } from "vitest";
import { formatPlace, parsePlace } from "../../../../harness/report/browser/examples/permalink.js";

test("what is shown, as an address, and back", () => {
  const place = {
    example: 'COCO #42 & "more"=%',
    sort: "-CIDEr, good",
    search: "red dog",
    score: "ROUGE_L",
    why: "yes",
    filters: { domain: "near-domain", "CIDEr, good": "> 0.5" },
  };
  expect(formatPlace({ example: "42", sort: "-CIDEr", filters: {} })).toBe("example=42&sort=-CIDEr");
  expect(parsePlace(`#${formatPlace(place)}`)).toEqual(place);
});

test.each(["", "#", "#summary", "#only", "#unknown=1"])("%j is no such address", (hash) => {
  expect(parsePlace(hash)).toBeUndefined();
});
