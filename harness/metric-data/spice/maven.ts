import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { writeFileAtomic } from "../../files/atomic.js";
import { runTied } from "../tied-process.js";
import { CORENLP, type MavenJar, NASHORN } from "./jars.js";

/** 385 MB, from somewhere far away perhaps. */
const LIMIT_MS = 3_600_000;

/**
 * Has Maven fetch CoreNLP and the JavaScript engine, from wherever its settings say, into a folder.
 * @throws SimvlmError `no-maven`, `maven-failed`, `stopped`
 */
export async function fetchByMaven(folder: string, signal?: AbortSignal): Promise<void> {
  const pom = join(folder, "pom.xml");
  await writeFileAtomic(pom, describeProject([...CORENLP, ...NASHORN]));
  const args = ["--batch-mode", "--quiet", "-f", pom, "dependency:copy-dependencies", `-DoutputDirectory=${folder}`];
  // On Windows it is a script, which only a shell runs.
  const options = { cwd: folder, limitMs: LIMIT_MS, signal, shell: process.platform === "win32" };
  const { code, isLate, isMissing, said } = await runTied("mvn", args, options);
  if (signal?.aborted)
    throw new SimvlmError("stopped", "Maven was stopped. What it has fetched stays in its repository.");
  if (isMissing) throw noMaven();
  if (isLate) throw failed(`it was not done after ${LIMIT_MS / 60_000} minutes`);
  if (code !== 0) throw failed(said);
}

/** A project that needs these jars and, of what they need, nothing else. */
function describeProject(jars: readonly MavenJar[]): string {
  const dependencies = jars.map(({ group, artifact, version, classifier }) => {
    const type = classifier === undefined ? "" : `<classifier>${classifier}</classifier>`;
    const alone = "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>";
    return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>${type}${alone}</dependency>`;
  });
  const own = "<groupId>simvlm</groupId><artifactId>spice</artifactId><version>1</version><packaging>pom</packaging>";
  return `<project><modelVersion>4.0.0</modelVersion>${own}<dependencies>${dependencies.join("")}</dependencies></project>\n`;
}

function noMaven(): SimvlmError {
  return new SimvlmError(
    "no-maven",
    "There is no program mvn on the PATH: install Maven (Debian and Ubuntu: `apt install maven`; macOS: `brew install maven`), or put the jars of CoreNLP into a folder by other means.",
  );
}

function failed(said: string): SimvlmError {
  const line = said.split(/\r?\n/).find((each) => each.includes("ERROR")) ?? said.trim();
  return new SimvlmError(
    "maven-failed",
    `Maven could not fetch CoreNLP: ${line.trim().slice(0, 500)}. What it has fetched stays in its repository: try again, or look at its settings.`,
  );
}
