import { describe, expect, test } from "vitest";
import { type Advice, holds, tell } from "./advice.js";
import { ATTENTION } from "./attention.js";
import { COMMANDS, NOTEBOOKS, PLUGINS, TOYBOXES, TRAININGS } from "./commands.js";
import { FILES, FORMATS, PICTURES, TEXTS } from "./data.js";
import { type AdvisingMessage, listAdvisingMessages } from "./messages.js";
import { CHECKPOINTS, ENGINE, METRICS, MODELS } from "./models.js";
import { NO_ADVICE, NOT_DONE } from "./not-done.js";
import { COMPARISONS, ENDPOINTS, RUNS, TASKS } from "./runs.js";
import { SLICES } from "./slices.js";

/*
 * Every message that tells people to do something is tested by doing it. A new one needs a row of its own: what brings it,
 * and what works once its advice was followed. What a test cannot do stands in not-done.ts, with the reason.
 */

const ROOMS: Readonly<Record<string, readonly Advice[]>> = {
  files: FILES,
  formats: FORMATS,
  pictures: PICTURES,
  texts: TEXTS,
  checkpoints: CHECKPOINTS,
  models: MODELS,
  engine: ENGINE,
  attention: ATTENTION,
  metrics: METRICS,
  comparisons: COMPARISONS,
  slices: SLICES,
  runs: RUNS,
  endpoints: ENDPOINTS,
  tasks: TASKS,
  commands: COMMANDS,
  notebooks: NOTEBOOKS,
  plugins: PLUGINS,
  toyboxes: TOYBOXES,
  trainings: TRAININGS,
};

describe.each(Object.keys(ROOMS))("%s", (room) => {
  test.each(ROOMS[room]!.map((row) => [row.says, row] as const))("%s", async (says, { wrong, right }) => {
    const said = await tell(wrong);
    expect(holds(said, says), said).toBe(true);
    const result = await right().catch((error: Error) => error);
    expect(result instanceof Error ? result.message : "").toBe("");
  });
});

describe("the messages of the sources that advise", () => {
  const rows = Object.values(ROOMS).flatMap((room) => room.map(({ says }) => says));
  let listed: readonly AdvisingMessage[] | undefined;
  const messages = () => (listed ??= listAdvisingMessages());

  test("are all in a row here, or in not-done.ts", () => {
    const known = [...rows, ...Object.keys(NOT_DONE), ...NO_ADVICE];
    const missing = messages().filter(({ text }) => !known.some((part) => text.includes(part)));
    expect(missing.map(({ file, text }) => `${file}: ${text}`)).toEqual([]);
    expect(messages().length).toBeGreaterThan(150);
  });

  test("are those that not-done.ts names", () => {
    const all = messages().map(({ text }) => text);
    expect([...Object.keys(NOT_DONE), ...NO_ADVICE].filter((part) => !all.some((text) => text.includes(part)))).toEqual(
      [],
    );
  });
});
