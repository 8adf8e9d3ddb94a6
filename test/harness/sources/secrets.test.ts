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
  ["in JSON within JSON within JSON", JSON.stringify(JSON.stringify(JSON.stringify(KEY))).slice(7, -7)],
])("a key %s is hidden", (_, echo) => {
  expect(createMask([KEY])(`wrong key ${echo}, ${echo}.`)).toBe("wrong key [key], [key].");
});

const LONG = "sk-proj-Ab3dEfGh1jKlMn0pQrStUvWxYz-6789";

test.each([
  `Basic ${Buffer.from(`user:${LONG}`).toString("base64")}`,
  `Basic ${Buffer.from(`:${LONG}`).toString("base64")}`,
  Buffer.from(LONG).toString("base64"),
  Buffer.from(`x${LONG}yz`).toString("base64url"),
  "sk-proj-Ab3...6789",
  "sk-proj-A***************************6789",
  "sk-pr…6789",
  "sk-***",
  "sk-proj-********6789",
  "****6789",
  JSON.stringify(JSON.stringify({ key: LONG })),
])("of %s nothing is left", (echo) => {
  const masked = createMask([LONG])(`Incorrect key: ${echo}.`);
  expect(masked).toContain("[key]");
  expect(masked).not.toMatch(/sk-|6789|Ab3|Wx/);
  expect(masked).not.toContain(Buffer.from("EfGh1jKlM").toString("base64").slice(0, 8));
});

test("a short key is hidden where it stands alone, and is no piece of words, addresses and models", () => {
  const mask = createMask(["k"]);
  expect(mask("Incorrect key provided: k. Ask k@example, not /k/ or k-1.")).toBe(
    "Incorrect key provided: [key]. Ask [key]@example, not /[key]/ or k-1.",
  );
  for (const key of ["m", "v1", "EMPTY", "lm-studio", "h"]) {
    const { name, maskName } = parseAddress("https://lm-studio.h/m/EMPTY/v1", { SIMVLM_API_KEY: key });
    expect(name).toBe("https://lm-studio.h/m/EMPTY/v1/chat/completions");
    expect(maskName("m-EMPTY-v1-lm-studio")).toBe("m-EMPTY-v1-lm-studio");
  }
});

test("a megabyte that looks like a key is searched like any other text", () => {
  const mask = createMask([LONG]);
  for (const piece of ["c2stcHJvai1", "A", "sk-", "sk-proj-Ab3...", "*", "\\\\", "%25"]) {
    mask(piece.repeat(2 ** 20 / piece.length));
  }
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
