import { expect, test } from "vitest";
import { formatPlace, listLacking, parsePlace } from "../../../../harness/report/browser/examples/permalink.js";

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

test("what a page does not have of what an address asks for is named", () => {
  const here = { ids: ["1", "2"], columns: [{ title: "id" }, { title: "CIDEr, good" }], score: "CIDEr" };
  const filters = { id: "1", domain: "near-domain" };
  expect(listLacking({ example: "2", sort: "-CIDEr, good", score: "CIDEr", filters: { id: "1" } }, here)).toEqual([]);
  expect(listLacking({ example: "42", sort: "-CIDEr", score: "ROUGE_L", filters }, here)).toEqual([
    "the example “42”",
    "the score “ROUGE_L”",
    "the column “CIDEr”",
    "the column “domain”",
  ]);
});
