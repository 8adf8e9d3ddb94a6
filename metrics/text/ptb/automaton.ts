import { contains, END_OF_TEXT, partition } from "./char-set.js";
import { buildNfa, NO_RULE } from "./nfa.js";
import type { Pattern } from "./pattern.js";

const UNBUILT = -1;
const DEAD = 0;
const START = 1;

/** How many characters past its last match a scan may read before what failed is remembered. */
const OVERSHOOT = 128;

/** A state of the patterns' non-deterministic automaton, its edges by class of characters. */
interface ClassifiedState {
  readonly edges: readonly { readonly accepts: readonly boolean[]; readonly to: number }[];
  readonly steps: readonly number[];
  readonly rule: number;
}

/** The longest match at a position. */
export interface Match {
  /** The first of the patterns that match, or NO_RULE. */
  rule: number;
  end: number;
  /** The last place that was looked at: the match is the same whatever comes after it. */
  reach: number;
}

/**
 * Finds the longest match of several patterns at a position of a text, as a lexer generator's scanner does.
 * Deterministic states are built when a text first reaches them. The end of the text reads as END_OF_TEXT.
 *
 * Matching a whole text token by token takes linear time: a scan that ran far past its last match leaves a note of the
 * states and places that led nowhere (Reps, "Maximal-munch tokenization in linear time", 1998).
 */
export class Automaton {
  readonly #nfa: readonly ClassifiedState[];
  readonly #classOf: Uint8Array;
  readonly #classCount: number;
  /** The states of the non-deterministic automaton that each deterministic state stands for, but for mere steps. */
  readonly #members: number[][] = [];
  readonly #known = new Map<string, number>();
  #next = new Int32Array(0);
  #rule = new Int32Array(0);
  readonly #failed = new Set<number>();
  #failedText = "";

  constructor(patterns: readonly Pattern[]) {
    const states = buildNfa(patterns);
    const sets = [...new Set(states.flatMap(({ edges }) => edges.map(({ set }) => set)))];
    const { classOf, members } = partition(sets);
    this.#classOf = classOf;
    this.#classCount = members.length;
    const classesIn = new Map(sets.map((set) => [set, members.map((unit) => contains(set, unit))]));
    this.#nfa = states.map(({ edges, steps, rule }) => ({
      edges: edges.map(({ set, to }) => ({ accepts: classesIn.get(set)!, to })),
      steps,
      rule,
    }));
    this.#addState([]);
    this.#addState([0]);
  }

  /** Writes the longest match at `from` into `match`; it is never empty. */
  match(text: string, from: number, match: Match): void {
    const classOf = this.#classOf;
    const classCount = this.#classCount;
    let next = this.#next;
    let rules = this.#rule;
    let state = START;
    let rule = NO_RULE;
    let end = from;
    const length = text.length;
    let at = from;
    while (at <= length) {
      const unitClass = classOf[at < length ? text.charCodeAt(at) : END_OF_TEXT]!;
      let to = next[state * classCount + unitClass]!;
      if (to === UNBUILT) {
        to = this.#build(state, unitClass);
        next = this.#next;
        rules = this.#rule;
      }
      if (to === DEAD) break;
      state = to;
      at++;
      const matched = rules[state]!;
      if (matched !== NO_RULE) {
        rule = matched;
        end = at;
      } else if (at - end > OVERSHOOT) {
        this.#matchFar(text, from, rule, end, match);
        return;
      }
    }
    match.rule = rule;
    match.end = end;
    match.reach = at;
  }

  /** Repeats a scan that went far past its match at `end`, heeding and noting what led nowhere. */
  #matchFar(text: string, from: number, rule: number, end: number, match: Match): void {
    if (this.#failedText !== text) {
      this.#failed.clear();
      this.#failedText = text;
    }
    const stride = text.length + 2;
    const known = end;
    let state = START;
    let visited: number[] = [];
    match.rule = rule;
    match.end = end;
    match.reach = text.length;
    for (let at = from; at <= text.length; ) {
      const unitClass = this.#classOf[at < text.length ? text.charCodeAt(at) : END_OF_TEXT]!;
      const to = this.#next[state * this.#classCount + unitClass]!;
      state = to === UNBUILT ? this.#build(state, unitClass) : to;
      if (state === DEAD) break;
      at++;
      if (at <= known) continue;
      const place = state * stride + at;
      if (this.#rule[state]! !== NO_RULE) {
        match.rule = this.#rule[state]!;
        match.end = at;
        visited = [];
      } else if (this.#failed.has(place)) break;
      else visited.push(place);
    }
    for (const place of visited) this.#failed.add(place);
  }

  /** Builds the state that follows `state` when a character of the class is read. */
  #build(state: number, unitClass: number): number {
    const reached: number[] = [];
    for (const from of this.#members[state]!)
      for (const { accepts, to } of this.#nfa[from]!.edges) if (accepts[unitClass]!) reached.push(to);
    const to = this.#addState(reached);
    this.#next[state * this.#classCount + unitClass] = to;
    return to;
  }

  /** The deterministic state of these states and all that empty steps reach from them. */
  #addState(reached: readonly number[]): number {
    const closure = new Set(reached);
    const key = [...closure].sort((a, b) => a - b).join();
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    for (const from of closure) for (const to of this.#nfa[from]!.steps) closure.add(to);
    const members = [...closure].filter((from) => {
      const { edges, rule } = this.#nfa[from]!;
      return edges.length > 0 || rule !== NO_RULE;
    });
    const id = this.#members.push(members) - 1;
    this.#known.set(key, id);
    if (id === this.#rule.length) this.#grow();
    const rules = members.map((from) => this.#nfa[from]!.rule).filter((rule) => rule !== NO_RULE);
    this.#rule[id] = rules.length === 0 ? NO_RULE : Math.min(...rules);
    return id;
  }

  #grow(): void {
    const capacity = Math.max(256, 2 * this.#rule.length);
    const next = new Int32Array(capacity * this.#classCount).fill(UNBUILT);
    next.set(this.#next);
    this.#next = next;
    const rules = new Int32Array(capacity);
    rules.set(this.#rule);
    this.#rule = rules;
  }
}
