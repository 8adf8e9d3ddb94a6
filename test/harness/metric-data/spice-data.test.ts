import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { installSpice } from "../../../harness/metric-data/spice/install.js";
import { readSpiceProgram, spiceFolder } from "../../../harness/metric-data/spice/installed.js";
import { NASHORN_JARS, SCORING_JARS } from "../../../harness/metric-data/spice/jars.js";
import { Scratch } from "../cli/run-cli.js";
import { writeFiles } from "./tiny-meteor.js";
import { FakeJava, MAVEN_JARS, REPOSITORY, SPICE_FORMS, SPICE_WHEEL } from "./tiny-spice.js";

const before = { ...process.env };
let scratch: Scratch;
let java: FakeJava;
let jars: string;
let wheel: string;

beforeEach(() => {
  scratch = new Scratch();
  java = new FakeJava(scratch.at("jdk"));
  jars = writeFiles(scratch.at("jars"), MAVEN_JARS);
  wheel = scratch.write("p.whl", SPICE_WHEEL);
  const env = { JAVA_HOME: java.home, XDG_DATA_HOME: scratch.at("data"), HOME: scratch.at("home") };
  Object.assign(process.env, env);
});
afterAll(() => {
  for (const name of ["JAVA_HOME", "XDG_DATA_HOME", "HOME"]) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});

/** As all forms of the same jars are called. */
const NAME = "fe13826f";

test.each(Object.keys(SPICE_FORMS))("SPICE is taken from %s", async (form) => {
  const [named, files] = SPICE_FORMS[form]!;
  const folder = writeFiles(scratch.at("from"), files);
  const steps: number[] = [];
  const installed = await installSpice(join(folder, named), {
    folders: [jars],
    onStart: (bytes) => {
      steps.push(bytes);
      return (some) => steps.push(-some);
    },
  });
  expect(installed).toEqual({ folder: spiceFolder(), name: NAME, official: false, jars: 24 });
  expect(steps.reduce((sum, step) => sum + step, 0)).toBe(0);
  expect(readdirSync(spiceFolder()).sort()).toEqual([...SCORING_JARS, ...NASHORN_JARS, "installed.json"].sort());
  const program = await readSpiceProgram();
  expect(program).toMatchObject({ name: NAME, java: { version: 17 } });
  expect(program.jars.map((path) => path.slice(spiceFolder().length + 1))).toEqual(SCORING_JARS);
});

test("CoreNLP and nashorn are found as Maven keeps them, in its repository and at home", async () => {
  for (const place of ["elsewhere", "elsewhere/repository", "home/.m2/repository"]) {
    scratch = new Scratch();
    Object.assign(process.env, { XDG_DATA_HOME: scratch.at("data"), HOME: scratch.at("home") });
    writeFiles(scratch.at(place), REPOSITORY);
    const folders = place.startsWith("home") ? [] : [scratch.at("elsewhere")];
    expect(await installSpice(wheel, { folders })).toMatchObject({ name: NAME, jars: 24 });
  }
});

describe("what is lacking is named", () => {
  const install = (from: string, ...folders: string[]) => installSpice(from, { folders });

  test("SPICE itself, a library, CoreNLP, a folder", async () => {
    await expect(install(scratch.path, jars)).rejects.toThrow(`${scratch.path} is no SPICE: it has no spice-1.0.jar.`);
    await expect(install(scratch.at("none.whl"), jars)).rejects.toMatchObject({ code: "missing-file" });
    await expect(install(scratch.write("broken.whl", "PK"), jars)).rejects.toMatchObject({ code: "broken-zip" });
    const folder = writeFiles(scratch.at("some"), { "spice-1.0.jar": MAVEN_JARS["asm-7.3.1.jar"]! });
    await expect(install(folder, jars)).rejects.toThrow("is no SPICE: it has no ejml-0.23.jar.");
    await expect(install(wheel)).rejects.toMatchObject({
      code: "no-corenlp",
      message: expect.stringContaining("stanford-corenlp-3.6.0.jar is neither in"),
    });
    await expect(install(wheel, scratch.at("nowhere"))).rejects.toMatchObject({ code: "missing-folder" });
    expect(existsSync(spiceFolder())).toBe(false);
  });

  test("the JavaScript engine, where Java has none", async () => {
    const { "nashorn-core-15.4.jar": _, ...others } = MAVEN_JARS;
    const without = writeFiles(scratch.at("without"), others);
    await expect(install(wheel, without)).rejects.toMatchObject({
      code: "no-nashorn",
      message: expect.stringContaining("which Java 17 has no more"),
    });
    java.setVersion("11.0.1");
    expect(await install(wheel, without)).toMatchObject({ jars: 18 });
    expect(await readSpiceProgram()).toMatchObject({ nashorn: [] });
    java.setVersion("21");
    await expect(readSpiceProgram()).rejects.toMatchObject({ code: "no-nashorn" });
  });

  test("a jar that is cut off", async () => {
    const path = join(jars, "stanford-corenlp-3.6.0-models.jar");
    writeFileSync(path, readFileSync(path).subarray(0, 30));
    await expect(install(wheel, jars)).rejects.toThrow(`${path}: as a jar it is damaged or cut off. Fetch it again.`);
    expect(existsSync(spiceFolder())).toBe(false);
  });
});

test("what was installed and is damaged since, or is not there, is said", async () => {
  await expect(readSpiceProgram()).rejects.toMatchObject({ code: "no-spice-data" });
  await installSpice(wheel, { folders: [jars] });
  truncateSync(join(spiceFolder(), "guava-19.0.jar"), 5);
  await expect(readSpiceProgram()).rejects.toMatchObject({
    code: "broken-spice-data",
    message: expect.stringContaining("guava-19.0.jar is not what was written. Install it again"),
  });
  await installSpice(wheel, { folders: [jars] });
  await readSpiceProgram();
  writeFileSync(join(spiceFolder(), "installed.json"), "{}");
  await expect(readSpiceProgram()).rejects.toMatchObject({ code: "broken-spice-data" });
});
