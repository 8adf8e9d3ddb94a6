import type { CharSet } from "./char-set.js";
import type { Pattern } from "./pattern.js";

/** A state of a non-deterministic automaton: edges read a character, steps read nothing. */
export interface NfaState {
  readonly edges: { readonly set: CharSet; readonly to: number }[];
  readonly steps: number[];
  /** The number of the pattern that ends here, or NO_RULE. */
  rule: number;
}

export const NO_RULE = -1;

/** Builds the automaton of the patterns by Thompson's construction; state 0 starts them all. */
export function buildNfa(patterns: readonly Pattern[]): NfaState[] {
  const states: NfaState[] = [];
  const addState = (): number => states.push({ edges: [], steps: [], rule: NO_RULE }) - 1;
  const addStep = (from: number): number => {
    const to = addState();
    states[from]!.steps.push(to);
    return to;
  };
  /** Adds the pattern after `from`; returns the state it ends in. */
  const add = (pattern: Pattern, from: number): number => {
    switch (pattern.kind) {
      case "set": {
        const to = addState();
        states[from]!.edges.push({ set: pattern.set, to });
        return to;
      }
      case "sequence":
        return pattern.parts.reduce((state, part) => add(part, state), from);
      case "choice": {
        const to = addState();
        for (const part of pattern.parts) states[add(part, addStep(from))]!.steps.push(to);
        return to;
      }
      case "repeat": {
        let state = from;
        for (let k = 0; k < pattern.least; k++) state = add(pattern.part, state);
        if (pattern.most === Number.POSITIVE_INFINITY) {
          const loop = addStep(state);
          states[add(pattern.part, addStep(loop))]!.steps.push(loop);
          return loop;
        }
        const to = addStep(state);
        for (let k = pattern.least; k < pattern.most; k++) {
          state = add(pattern.part, addStep(state));
          states[state]!.steps.push(to);
        }
        return to;
      }
    }
  };
  const start = addState();
  patterns.forEach((pattern, rule) => {
    states[add(pattern, addStep(start))]!.rule = rule;
  });
  return states;
}
