import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { isAlive } from "../../../harness/files/process-mark.js";
import { writeFiles } from "../metric-data/tiny-meteor.js";
import { FakeJava, MAVEN_JARS, mavenCalls, SPICE_WHEEL, writeFakeMaven } from "../metric-data/tiny-spice.js";
import { BINARY, project, runBinary, Scratch } from "./run-cli.js";

let scratch: Scratch;
let maven: string;
let env: NodeJS.ProcessEnv;
let args: string[];

beforeEach(() => {
  scratch = new Scratch();
  maven = writeFiles(scratch.at("maven"), MAVEN_JARS);
  const temporary = scratch.at("temporary");
  mkdirSync(temporary);
  env = {
    ...process.env,
    ...{ PATH: writeFakeMaven(maven), JAVA_HOME: new FakeJava(scratch.at("jdk")).home, HOME: scratch.at("home") },
    ...{ XDG_DATA_HOME: scratch.at("data"), TMPDIR: temporary },
  };
  args = ["metrics", "install", "spice", "--from", scratch.write("p.whl", SPICE_WHEEL), "--maven"];
});

const nothingIsLeft = () => expect(readdirSync(scratch.at("temporary"))).toEqual([]);

test("--maven has Maven fetch CoreNLP and nashorn, and nothing else", () => {
  const { code, stdout, stderr } = runBinary(args, env);
  expect([code, stdout]).toEqual([
    0,
    `installed: ${scratch.at("data/simvlm/metrics/spice")} (SPICE fe13826f, 24 jars)\n`,
  ]);
  expect(stderr).toMatch(/^simvlm: note: Maven fetches Stanford CoreNLP/);
  const [call] = mavenCalls(maven);
  expect(call!.args).toEqual(expect.arrayContaining(["--batch-mode", "dependency:copy-dependencies"]));
  expect(call!.pom.match(/<dependency>/g)).toHaveLength(Object.keys(MAVEN_JARS).length);
  nothingIsLeft();
});

test("what Maven cannot fetch is said in its words", () => {
  rmSync(join(maven, "stanford-corenlp-3.6.0-models.jar"));
  const { code, stdout, stderr } = runBinary(args, env);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(
    /simvlm: Maven could not fetch CoreNLP: \[ERROR\] .*Could not find artifact stanford-corenlp-3\.6\.0-models\.jar\..*try again/,
  );
  expect(existsSync(scratch.at("data/simvlm/metrics/spice"))).toBe(false);
  nothingIsLeft();
});

test("without Maven one is told how to install it", () => {
  const { code, stderr } = runBinary(args, { ...env, PATH: scratch.at("nowhere") });
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/^simvlm: There is no program mvn on the PATH: install Maven /m),
  ]);
  nothingIsLeft();
});

test("a signal ends Maven, too, and leaves nothing", async () => {
  writeFileSync(join(maven, "hang"), "");
  const child = spawn(process.execPath, [BINARY, ...args], { cwd: project, env, stdio: "ignore" });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  await vi.waitFor(() => expect(mavenCalls(maven)).toHaveLength(1), { timeout: 60_000, interval: 50 });
  child.kill("SIGTERM");
  expect(await ended).toBe(143);
  expect(isAlive(mavenCalls(maven)[0]!.pid)).toBe(false);
  nothingIsLeft();
});
