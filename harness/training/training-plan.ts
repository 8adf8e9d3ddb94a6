import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { writeFileAtomic } from "../files/atomic.js";
import { makeFolder } from "../files/folders.js";
import { readJson } from "../files/json.js";

const PLAN = "plan.json";
const Plan = z
  .object({ trainings: z.array(z.object({ name: z.string().regex(/^[\w-]+$/), steps: z.int().positive() })) })
  .describe("the plan.json of several trainings");

/** One of several trainings in a folder. */
export type PlannedTraining = z.output<typeof Plan>["trainings"][number];

/** Where each training of a plan lies. */
export const placeOfTraining = (folder: string, name: string): string => join(folder, name, "training");

/** Writes down which trainings a folder will have, for whoever wants to know how far they are; a plan that is there stays. */
export async function writePlan(folder: string, trainings: readonly PlannedTraining[]): Promise<void> {
  const known = await readPlan(folder);
  if (JSON.stringify(known) === JSON.stringify(trainings)) return; // when it was written says when all began
  await makeFolder(folder);
  await writeFileAtomic(join(folder, PLAN), `${JSON.stringify({ trainings }, undefined, 1)}\n`);
}

/** @returns undefined where there is none @throws SimvlmError `bad-json` */
export async function readPlan(folder: string): Promise<readonly PlannedTraining[] | undefined> {
  const path = join(folder, PLAN);
  return existsSync(path) ? (await readJson(path, Plan)).trainings : undefined;
}
