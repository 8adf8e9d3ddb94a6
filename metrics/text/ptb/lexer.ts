import type { EmitToken } from "../scan.js";
import { Automaton, type Match } from "./automaton.js";
import { lowerCase } from "./lower-case.js";
import { NO_RULE } from "./nfa.js";
import { type Definitions, fixedLength, type Pattern, parsePattern } from "./pattern.js";
import type { Rule } from "./rules.js";

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
  readonly #match: Match = { rule: NO_RULE, end: 0, reach: 0 };

  constructor(rules: readonly Rule[], definitions: Definitions) {
    const parsed = rules.map((rule) => ({
      token: parsePattern(rule.pattern, definitions),
      ahead: parsePattern(rule.ahead ?? "", definitions),
    }));
    this.#automaton = new Automaton(parsed.map(({ token, ahead }) => ({ kind: "sequence", parts: [token, ahead] })));
    this.#rules = rules.map((rule, index) => ({ ...rule, tokenEnd: findTokenEnd(parsed[index]!) }));
  }

  /** The last place of the text that the token that was read last depends on. */
  get reach(): number {
    return this.#match.reach;
  }

  /** Gives out the tokens of a text. */
  scan(text: string, emit: EmitToken): void {
    for (let at = 0; at < text.length; ) at = this.scanToken(text, at, emit);
  }

  /**
   * Gives out the token that begins at a place, if one does. What follows is looked at, as the end of a line may depend on
   * the next one; the end of the text itself is no line's end.
   * @returns where the next may begin
   */
  scanToken(text: string, at: number, emit: EmitToken): number {
    const match = this.#match;
    this.#automaton.match(text, at, match);
    if (match.rule === NO_RULE) return at + 1;
    const rule = this.#rules[match.rule]!;
    const end = rule.tokenEnd === undefined ? match.end : rule.tokenEnd(text, at, match.end);
    if (rule.skipped === true) return end;
    const lowered = lowerCase(text.slice(at, end));
    const token = rule.rewrite === undefined ? lowered : rule.rewrite(lowered);
    if (token !== "") emit(token, 0, token.length);
    return rule.repeatLast === true ? end - 1 : end;
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
  const match: Match = { rule: NO_RULE, end: 0, reach: 0 };
  return (text, start) => {
    automaton.match(text, start, match);
    return match.end;
  };
}
