import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { hasLineBreak, ptbLex, ptbTokenize, ptbTokenizeAll } from "../../metrics/text/ptb.js";
import { hasShared, readGolden, sharedFolder } from "../shared.js";

/** A caption as pycocoevalcap's wrapper returns it. */
const joined = (caption: string) => ptbTokenize(caption).join(" ");

/** The lines of the reference program's output. */
function lexedLines(text: string): string[] {
  const lines: string[][] = [[]];
  for (const token of ptbLex(text)) {
    if (token === "*NL*") lines.push([]);
    else lines.at(-1)!.push(token);
  }
  return lines.map((tokens) => tokens.join(" "));
}

/** The captions of which `[caption, line]` are not equal, each followed by another line. */
function wrongLines(cases: readonly (readonly [string, string])[], next: string): string[] {
  return cases.filter(([caption, line]) => lexedLines(`${caption}\n${next}`)[0] !== line).map(([caption]) => caption);
}

type Line = [caption: string, line: string];

interface Annotated {
  annotations: { caption: string }[];
}

interface Captioned {
  hyp: string;
  refs: string[];
}

interface WrapperCase {
  name: string;
  in: Record<string, string[]>;
  out: Record<string, string[]>;
}

describe.runIf(hasShared)("the PTB tokenizer against the reference program", () => {
  test.each([
    ["ptb_edge.json", 219],
    ["ptb_fuzz.json.gz", 30_000],
  ])("%s: all %i texts give the same tokens", (file, count) => {
    const cases = readGolden<{ in: string; tokens: string[] }[]>(file);
    expect(cases).toHaveLength(count);
    expect(cases.filter(({ in: text, tokens }) => ptbLex(text).join("\n") !== tokens.join("\n"))).toEqual([]);
  });

  test("ptb_bmp_chars.json.gz: every code unit gives the same tokens in three contexts", () => {
    const { contexts, tokens } = readGolden<{ contexts: string[]; tokens: string[][][] }>("ptb_bmp_chars.json.gz");
    expect(tokens).toHaveLength(65_536);
    const wrong = tokens.flatMap((expected, unit) =>
      contexts
        .map((context) => context.replace("?", () => String.fromCharCode(unit)))
        .filter((text, context) => ptbLex(text).join("\n") !== expected[context]!.join("\n")),
    );
    expect(wrong).toEqual([]);
  });

  test.each([
    ["ptb_punctuation.json.gz", 57_435, "aa"],
    ["ptb_kinds.json.gz", 44_865, "zz"],
  ])("%s: all %i captions give the same line", (file, count, next) => {
    const { cases } = readGolden<{ cases: Record<string, Line[]> }>(file);
    const all = Object.values(cases).flat();
    expect(all).toHaveLength(count);
    expect(wrongLines(all, next)).toEqual([]);
  });

  test("ptb_probes.json: all 2,767 give the same line", () => {
    const cases = readGolden<Line[]>("ptb_probes.json");
    expect(cases).toHaveLength(2_767);
    expect(wrongLines(cases, "zz")).toEqual([]);
  });

  test("ptb_abbreviations.json: all 7,236 examples give the same lines", () => {
    const { examples } = readGolden<{ examples: Line[] }>("ptb_abbreviations.json");
    expect(examples).toHaveLength(7_236);
    const lines = (text: string) => lexedLines(text).join("\n").replace(/\n$/, "");
    expect(examples.filter(([text, expected]) => lines(text) !== expected)).toEqual([]);
  });

  test("ptb_last_line.json: the end of the file is not the end of a line", () => {
    const cases = readGolden<Record<string, string>[]>("ptb_last_line.json");
    for (const { caption, ...lines } of cases)
      expect({ caption, ...lines }).toEqual({
        caption,
        last_without_newline: lexedLines(caption!)[0],
        last_with_newline: lexedLines(`${caption}\n`)[0],
        followed_by_zz: lexedLines(`${caption}\nzz`)[0],
      });
  });

  test("ptb_next_line.json: what the next caption changes", () => {
    const cases = readGolden<{ captions: string[]; raw: string[]; tokens: string[] }[]>("ptb_next_line.json");
    expect(cases).toHaveLength(721);
    for (const { captions, raw, tokens } of cases) {
      expect([captions, lexedLines(captions.join("\n"))]).toEqual([captions, raw]);
      expect([captions, ptbTokenizeAll(captions).map((line) => line.join(" "))]).toEqual([captions, tokens]);
    }
  });

  test("ptb_fuzz2.json.gz: 20,000 captions in 149 texts give the same lines", () => {
    const { batches } = readGolden<{ batches: { captions: string[]; raw: string[] }[] }>("ptb_fuzz2.json.gz");
    expect(batches).toHaveLength(149);
    for (const { captions, raw } of batches)
      expect(lexedLines(captions.map((caption) => caption.replace(/\n/g, " ")).join("\n"))).toEqual(raw);
  });

  test("fakecap: 1,000 hypotheses and their references give the same captions", () => {
    const raw = readGolden<Captioned[]>("fakecap.raw.json");
    const tokenized = readGolden<Captioned[]>("fakecap.tok.json");
    const tokenize = ({ hyp, refs }: Captioned) => ({ hyp: joined(hyp), refs: refs.map(joined) });
    expect(raw.map(tokenize)).toEqual(tokenized.map(({ hyp, refs }) => ({ hyp, refs })));
  });

  test("wrapper_edge.json: the same captions, but for line breaks, which shift nothing here", () => {
    const cases = readGolden<WrapperCase[]>("wrapper_edge.json");
    const shifted = cases.filter((each) => Object.values(each.in).flat().some(hasLineBreak)).map((each) => each.name);
    expect(shifted).toEqual(["CR", "U+2028", "VT", "CRLF"]);
    for (const each of cases.filter(({ name }) => !shifted.includes(name)))
      for (const [image, captions] of Object.entries(each.in))
        expect([each.name, captions.map(joined)]).toEqual([each.name, each.out[image] ?? []]);
  });

  test("tokenising the captions of COCO val2017 twice is tokenising them once", () => {
    const { annotations } = JSON.parse(
      readFileSync(`${sharedFolder}/data/coco/captions_val2017.json`, "utf8"),
    ) as Annotated;
    const once = annotations.map(({ caption }) => joined(caption));
    expect(once).toHaveLength(25_014);
    expect(once.filter((caption) => joined(caption) !== caption)).toEqual([]);
  });
});
