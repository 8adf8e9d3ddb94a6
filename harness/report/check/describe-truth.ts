import type { ScoredTruth } from "./scoring.js";

type Truth = Pick<ScoredTruth, "references" | "answers" | "choices">;

/** The right answers of an example as texts: people's answers with how many gave each, the option of a letter. */
export function describeTruth({ references = [], answers = [], choices = [] }: Truth): string[] {
  if (answers.length > 0) return countAnswers(answers.map(({ answer }) => answer));
  return references.map((text) => {
    const choice = /^[A-Z]$/.test(text) ? choices[text.charCodeAt(0) - "A".charCodeAt(0)] : undefined;
    return choice === undefined ? text : `${text}: ${choice}`;
  });
}

/** The most frequent first. */
function countAnswers(answers: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const answer of answers) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  const ordered = [...counts].sort(([, a], [, b]) => b - a);
  return ordered.map(([answer, count]) => (count === 1 ? answer : `${answer} ×${count}`));
}
