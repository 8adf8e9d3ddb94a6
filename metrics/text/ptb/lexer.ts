import type { EmitToken } from "../scan.js";
import { Automaton, type Match } from "./automaton.js";
import { lowerCase } from "./lower-case.js";
import { NO_RULE } from "./nfa.js";
import { type Definitions, fixedLength, type Pattern, parsePattern } from "./pattern.js";
import type { Rule } from "./rules.js";

const SPACE = 0x20;
const NO_BREAK_SPACE = 0xa0;
const NON_ASCII = /[^\0-\x7f]/;

/** Finds where a rule's token ends, of a match of the token and what must follow it. */
type FindTokenEnd = (text: string, start: number, matchEnd: number) => number;

interface CompiledRule extends Rule {
  /** Left out where nothing must follow. */
  readonly tokenEnd: FindTokenEnd | undefined;
}

/** Cuts texts into lower-cased tokens by rules: the longest match wins, then the first rule. */
export class Lexer {
  readonly #rules: readonly CompiledRule[];
  readonly #automaton: Automaton;
  readonly #match: Match = { rule: NO_RULE, end: 0 };

  constructor(rules: readonly Rule[], definitions: Definitions) {
    const parsed = rules.map((rule) => ({
      token: parsePattern(rule.pattern, definitions),
      ahead: parsePattern(rule.ahead ?? "", definitions),
    }));
    this.#automaton = new Automaton(parsed.map(({ token, ahead }) => ({ kind: "sequence", parts: [token, ahead] })));
    this.#rules = rules.map((rule, index) => ({ ...rule, tokenEnd: findTokenEnd(parsed[index]!) }));
  }

  /**
   * Gives out the tokens of a part of the text. What follows it is looked at, as the end of a line may depend on the next
   * one; the end of the text itself is no line's end.
   *
   * @param from where the part begins
   * @param part `text.slice(from, …)`, which the caller has at hand
   */
  scan(text: string, emit: EmitToken, from = 0, part = text): void {
    const match = this.#match;
    const to = from + part.length;
    const ascii = !NON_ASCII.test(part);
    const lowered = ascii ? part.toLowerCase() : "";
    for (let at = from; at < to; ) {
      // No rule but that of white space begins with a space: most are passed without the automaton.
      if (
        text.charCodeAt(at) === SPACE &&
        text.charCodeAt(at + 1) > SPACE &&
        text.charCodeAt(at + 1) < NO_BREAK_SPACE
      ) {
        at++;
        continue;
      }
      this.#automaton.match(text, at, match);
      if (match.rule === NO_RULE) {
        at++;
        continue;
      }
      const rule = this.#rules[match.rule]!;
      const end = rule.tokenEnd === undefined ? match.end : rule.tokenEnd(text, at, match.end);
      if (rule.skipped === true) {
        at = end;
        continue;
      }
      if (ascii && rule.rewrite === undefined) {
        emit(lowered, at - from, end - from);
      } else {
        const token = this.#rewrite(
          rule,
          ascii ? lowered.slice(at - from, end - from) : lowerCase(text.slice(at, end)),
          ascii,
        );
        if (token !== "") emit(token, 0, token.length);
      }
      at = rule.repeatLast === true ? end - 1 : end;
    }
  }

  #rewrite(rule: CompiledRule, token: string, ascii: boolean): string {
    if (rule.rewrite !== undefined) return rule.rewrite(token);
    return !ascii && rule.rewriteBeyondAscii !== undefined ? rule.rewriteBeyondAscii(token) : token;
  }
}

/** Counts from the side whose length is fixed; where neither is, the token is the longest that its own pattern matches. */
function findTokenEnd({
  token,
  ahead,
}: {
  readonly token: Pattern;
  readonly ahead: Pattern;
}): FindTokenEnd | undefined {
  const aheadLength = fixedLength(ahead);
  if (aheadLength === 0) return undefined;
  if (aheadLength !== undefined) return (_text, _start, matchEnd) => matchEnd - aheadLength;
  const tokenLength = fixedLength(token);
  if (tokenLength !== undefined) return (_text, start) => start + tokenLength;
  const automaton = new Automaton([token]);
  const match: Match = { rule: NO_RULE, end: 0 };
  return (text, start) => {
    automaton.match(text, start, match);
    return match.end;
  };
}
