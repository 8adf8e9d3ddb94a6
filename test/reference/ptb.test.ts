import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { hasLineBreak, ptbLex, ptbTokenize } from "../../metrics/text/ptb.js";
import { hasShared, readGolden, sharedFolder } from "../shared.js";

/** A caption as pycocoevalcap's wrapper returns it. */
const joined = (caption: string) => ptbTokenize(caption).join(" ");

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
