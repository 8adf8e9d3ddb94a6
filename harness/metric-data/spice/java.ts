import { execFile } from "node:child_process";
import { delimiter, join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { isFile } from "../source-file.js";

/** A Java that runs programs. */
export interface Java {
  /** The program. */
  readonly path: string;
  /** 8, 11, 17 … */
  readonly version: number;
}

/** How long Java may take to say its version, on a machine that has much to do. */
const LIMIT_MS = 120_000;
/** What the program was made for; older ones cannot read its classes. */
const OLDEST = 8;
/** Java has modules, which open themselves when they are told to. */
const FIRST_WITH_MODULES = 9;
/** Java has no JavaScript engine any more. */
const FIRST_WITHOUT_NASHORN = 15;

/**
 * The Java of `JAVA_HOME`, or else the one on the path.
 * @throws SimvlmError `no-java`
 */
export async function findJava(environment = process.env): Promise<Java> {
  const { JAVA_HOME } = environment;
  const name = process.platform === "win32" ? "java.exe" : "java";
  const path = JAVA_HOME ? join(JAVA_HOME, "bin", name) : name;
  if (JAVA_HOME && !(await isFile(path))) throw noJava(`JAVA_HOME is ${JAVA_HOME}, and ${path} is not there`);
  const { text, why } = await askVersion(path, environment);
  const [, version] = /version "(?:1\.)?(\d+)/.exec(text) ?? [];
  if (Number(version) >= OLDEST) return { path, version: Number(version) };
  throw noJava(`${JAVA_HOME ? path : "the program java"} ${version === undefined ? why : `is Java ${version}`}`);
}

/** What it says, and what is wrong where that is no version. */
function askVersion(path: string, env: NodeJS.ProcessEnv): Promise<{ readonly text: string; readonly why: string }> {
  const options = { env, timeout: LIMIT_MS, killSignal: "SIGKILL" } as const;
  return new Promise((resolve) => {
    execFile(path, ["-version"], options, (error, stdout, stderr) => {
      const isMissing = (error as NodeJS.ErrnoException | null)?.code === "ENOENT";
      const said = `${stderr}\n${stdout}`.trim().split("\n")[0]!.slice(0, 200);
      const why = isMissing
        ? "is not there"
        : error
          ? `does not run${said && `: ${said}`}`
          : `says no version: ${said}`;
      resolve({ text: error ? "" : `${stderr}\n${stdout}`, why });
    });
  });
}

function noJava(why: string): SimvlmError {
  return new SimvlmError(
    "no-java",
    `SPICE needs Java, 11 or later: ${why}. Install one (Debian and Ubuntu: \`apt install default-jre-headless\`; macOS: \`brew install openjdk\`), put it on the PATH, or let JAVA_HOME name its folder.`,
  );
}

/** Whether it needs the JavaScript engine from elsewhere. */
export const needsNashorn = ({ version }: Java): boolean => version >= FIRST_WITHOUT_NASHORN;

const OPENED = ["lang", "util", "math", "util.concurrent", "net", "text"];

/** What SPICE asks of Java beside the class path. @param nashorn the jars of the JavaScript engine */
export function flagsFor(java: Java, nashorn: readonly string[]): string[] {
  const { version } = java;
  const opens = OPENED.flatMap((name) => ["--add-opens", `java.base/java.${name}=ALL-UNNAMED`]);
  const engine = ["--module-path", nashorn.join(delimiter), "--add-modules", "org.openjdk.nashorn"];
  return [...(version >= FIRST_WITH_MODULES ? opens : []), ...(needsNashorn(java) ? engine : [])];
}
