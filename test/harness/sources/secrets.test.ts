import { expect, test } from "vitest";
import { parseAddress } from "../../../harness/sources/endpoint-address.js";
import { createMask } from "../../../harness/sources/secrets.js";

const KEY = 'sk-a/b+"c\\d&e=1';
const html = (text: string) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");

test.each<[string, string]>([
  ["as it is", KEY],
  ["in JSON", JSON.stringify(KEY).slice(1, -1)],
  ["in JSON with slashes escaped", JSON.stringify(KEY).slice(1, -1).replaceAll("/", "\\/")],
  ["in JSON within JSON", JSON.stringify(JSON.stringify(KEY)).slice(3, -3)],
  ["as \\u escapes", [...KEY].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`).join("")],
  ["as \\U escapes", [...KEY].map((c) => `\\u${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`).join("")],
  ["in a URL", encodeURIComponent(KEY)],
  ["in a URL, in small letters", encodeURIComponent(KEY).replace(/%../g, (escaped) => escaped.toLowerCase())],
  ["in a URL within a URL", encodeURIComponent(encodeURIComponent(KEY))],
  ["wholly in percents", [...KEY].map((c) => `%${c.charCodeAt(0).toString(16)}`).join("")],
  ["in HTML", html(KEY)],
  ["in HTML by number", [...KEY].map((c) => `&#${c.charCodeAt(0)};`).join("")],
  ["in capitals", KEY.toUpperCase()],
])("a key %s is hidden", (_, echo) => {
  expect(createMask([KEY])(`wrong key ${echo}, ${echo}.`)).toBe("wrong key [key], [key].");
});

test("nothing is hidden where there is no key", () => {
  expect(createMask([])("status 500")).toBe("status 500");
});

test("what of a query looks like a key is one", () => {
  const { secrets } = parseAddress("https://h/v1?api-version=2024-02-01&subscription-key=s%2F1&sig=2", {
    SIMVLM_API_KEY: "k",
  });
  expect(secrets).toEqual(["s/1", "2", "k"]);
});

test("an address that has the key in its path is named without it", () => {
  expect(parseAddress("https://h/sk-12345/v1", { SIMVLM_API_KEY: "sk-12345" }).name).toBe(
    "https://h/[key]/v1/chat/completions",
  );
});
