import { stat } from "node:fs/promises";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { readJson } from "../../files/json.js";
import { metricDataFolder } from "../folder.js";
import { NASHORN_JARS, SCORING_JARS } from "./jars.js";
import { findJava, type Java, needsNashorn } from "./java.js";

/** The file that says what is installed. */
export const RECORD = "installed.json";

const Installed = z
  .object({
    format: z.literal(1),
    /** What signatures call it. */
    name: z.string().regex(/^[\w.-]+$/),
    /** Each jar by its name. */
    jars: z.record(z.string(), z.object({ size: z.int(), sha256: z.string() })),
  })
  .describe("what is installed of SPICE");

/** The content of {@link RECORD}. */
export type SpiceRecord = z.infer<typeof Installed>;

/** SPICE as it is installed, and a Java that runs it. */
export interface SpiceProgram {
  /** What signatures call it. */
  readonly name: string;
  readonly java: Java;
  /** In the order of the class path. */
  readonly jars: readonly string[];
  /** The JavaScript engine; empty where it is not there. */
  readonly nashorn: readonly string[];
}

/** Where it lies. @throws SimvlmError `no-home` */
export const spiceFolder = (): string => metricDataFolder("spice");

/**
 * SPICE, as `simvlm metrics install spice` has installed it. Sizes of files are looked at here, hashes when they are
 * installed.
 * @throws SimvlmError `no-spice-data`, `broken-spice-data`, `no-java`, `no-nashorn`, `no-home`
 */
export async function readSpiceProgram(): Promise<SpiceProgram> {
  const folder = spiceFolder();
  const { name, jars } = await readRecord(folder);
  for (const [jar, { size }] of Object.entries(jars)) {
    const found = await stat(join(folder, jar)).catch(() => undefined);
    if (found?.size !== size) throw broken(folder, found ? `${jar} is not what was written` : `${jar} is missing`);
  }
  const missing = SCORING_JARS.find((jar) => !Object.hasOwn(jars, jar));
  if (missing !== undefined) throw broken(folder, `${missing} is missing`);
  const java = await findJava();
  const placesOf = (names: readonly string[]) => names.map((jar) => join(folder, jar));
  const hasNashorn = NASHORN_JARS.every((jar) => Object.hasOwn(jars, jar));
  if (!hasNashorn && needsNashorn(java)) throw noNashorn(java);
  return { name, java, jars: placesOf(SCORING_JARS), nashorn: hasNashorn ? placesOf(NASHORN_JARS) : [] };
}

async function readRecord(folder: string): Promise<SpiceRecord> {
  const path = join(folder, RECORD);
  try {
    return await readJson(path, Installed);
  } catch (error) {
    if (!(error instanceof SimvlmError)) throw error;
    if (error.code !== "missing-file") throw broken(folder, error.message);
    throw new SimvlmError(
      "no-spice-data",
      `SPICE is a Java program that does not come with this one, and ${path} is not there. \`pip download pycocoevalcap==1.2\` fetches it, Maven its parser: \`simvlm metrics install spice\` takes both.`,
    );
  }
}

/** Where Java has no JavaScript engine and none was installed. */
export function noNashorn({ version }: Java): SimvlmError {
  return new SimvlmError(
    "no-nashorn",
    `SPICE needs a JavaScript engine, which Java ${version} has no more: ${NASHORN_JARS.join(", ")} are lacking. Maven fetches them (org.openjdk.nashorn:nashorn-core:15.4 with org.ow2.asm 7.3.1); \`simvlm metrics install spice\` takes them from its repository.`,
  );
}

function broken(folder: string, why: string): SimvlmError {
  return new SimvlmError(
    "broken-spice-data",
    `${folder}: SPICE is not as it should be: ${why}. Install it again with \`simvlm metrics install spice\`.`,
  );
}
