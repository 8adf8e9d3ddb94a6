import type { EmitToken } from "../scan.js";
import { Automaton, type Match } from "./automaton.js";
import { END_OF_TEXT } from "./char-set.js";
import { lowerCase } from "./lower-case.js";
import { NO_RULE } from "./nfa.js";
import { type Definitions, fixedLength, parsePattern } from "./pattern.js";
import type { Rule } from "./rules.js";

const NON_ASCII = /[^\0-\x7f]/;

/** A rule that knows where its token ends: `tokenLength` after its start, or else `aheadLength` before the match's end. */
interface CompiledRule extends Rule {
  readonly tokenLength: number | undefined;
  readonly aheadLength: number;
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
    this.#rules = rules.map((rule, index) => {
      const tokenLength = fixedLength(parsed[index]!.token);
      const aheadLength = fixedLength(parsed[index]!.ahead);
      if (tokenLength === undefined && aheadLength === undefined)
        throw new Error(`neither ${rule.pattern} nor what must follow it has a fixed length`);
      return {
        ...rule,
        tokenLength: aheadLength === undefined ? tokenLength : undefined,
        aheadLength: aheadLength ?? 0,
      };
    });
  }

  /** @param after the code unit that follows the text, which some rules look at */
  scan(text: string, emit: EmitToken, after = END_OF_TEXT): void {
    const match = this.#match;
    const ascii = !NON_ASCII.test(text);
    const lowered = ascii ? text.toLowerCase() : "";
    for (let at = 0; at < text.length; ) {
      this.#automaton.match(text, at, match, after);
      if (match.rule === NO_RULE) {
        at++;
        continue;
      }
      const rule = this.#rules[match.rule]!;
      const end = rule.tokenLength === undefined ? match.end - rule.aheadLength : at + rule.tokenLength;
      if (ascii && rule.rewrite === undefined) {
        emit(lowered, at, end);
      } else {
        const token = this.#rewrite(rule, ascii ? lowered.slice(at, end) : lowerCase(text.slice(at, end)), ascii);
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
