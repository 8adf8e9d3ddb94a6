import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import {
  bytesOf,
  emptyFolder,
  hasNetwork,
  INSTALLING,
  mustRun,
  packPackages,
  project,
  runIn,
  strangersFolder,
} from "./npm.js";

const fixtures = join(project, "fixtures");
const SCORE = [
  ...["score", "--task", "caption", "--references", join(fixtures, "nocaps/annotations.json")],
  ...["--predictions", join(fixtures, "nocaps/predictions-zero-shot.json")],
];
const CAPTION = ["caption", join(fixtures, "images/beach.jpg"), "--checkpoint", join(fixtures, "checkpoints/caption")];
const RUN = [
  ...["run", "--task", "caption", "--data", join(fixtures, "nocaps"), "--split", "annotations", "--out", "run"],
  ...["--predictions", join(fixtures, "nocaps/predictions-coco-only.json")],
];

let packed: string[] = [];
beforeAll(() => {
  packed = packPackages();
}, INSTALLING);

describe("what is packed", () => {
  const listed = (name: string): string[] => {
    const file = packed.find((path) => new RegExp(`[/\\\\]${name}-\\d[^/\\\\]*\\.tgz$`).test(path))!;
    return mustRun(project, "tar", "-tzf", file).trim().split("\n");
  };

  test.each(["simvlm", "simvlm-metrics"])(
    "%s has a README and the licence, and nothing that a build leaves",
    (name) => {
      const files = listed(name);
      expect(files).toEqual(expect.arrayContaining(["package/README.md", "package/LICENSE", "package/package.json"]));
      expect(files.filter((path) => /\.tsbuildinfo$|\.map$|(?<!\.d)\.ts$/.test(path))).toEqual([]);
      expect(files.length).toBeGreaterThan(20);
    },
  );
});

describe.skipIf(!hasNetwork)("installed by somebody who scores", () => {
  const folder = hasNetwork ? strangersFolder("scores") : "";
  const simvlm = (...args: string[]) => runIn(folder, "npx", "--no-install", "simvlm", ...args);
  let told = "";

  beforeAll(() => {
    const { code, stdout, stderr } = runIn(
      folder,
      ...(["npm", "install", "--cache", emptyFolder("cache"), "--omit=optional"] as const),
      ...packed,
    );
    told = `${stdout}${stderr}`;
    expect(code, told).toBe(0);
  }, INSTALLING);

  test("it is small, and npm has nothing to warn of", () => {
    expect(bytesOf(join(folder, "node_modules"))).toBeLessThan(60e6);
    expect(told).not.toMatch(/warn/i);
    for (const heavy of ["onnxruntime-node", "@tensorflow", "sharp", "tslab"]) {
      expect(existsSync(join(folder, "node_modules", heavy)), heavy).toBe(false);
    }
  });

  test("it scores, runs predictions, verifies and compares", () => {
    expect(simvlm(...SCORE).stdout).toContain("1.1617");
    expect(simvlm(...RUN)).toMatchObject({ code: 0 });
    expect(simvlm("verify", "run").stdout).toContain("confirmed");
    expect(simvlm(...RUN.with(-1, join(fixtures, "nocaps/predictions-zero-shot.json")), "--out", "other").code).toBe(0);
    expect(simvlm("compare", "run", "other").stdout).toContain("CIDEr");
    expect(
      mustRun(
        folder,
        "node",
        "--input-type=module",
        "-e",
        'import * as all from "simvlm"; console.log(typeof all.findTask)',
      ),
    ).toBe("function\n");
  });

  test.each([
    ["a model", CAPTION, "onnxruntime-node"],
    ["a page", ["report", "run", "--out", "report.html"], "plotly.js-cartesian-dist-min"],
    ["a notebook", ["notebook", "run", join(project, "notebooks/01-quickstart.ipynb"), "--out", "notebooks"], "zeromq"],
  ])("%s is refused with the command that adds what it needs", (_, args, name) => {
    const { code, stderr } = simvlm(...args);
    expect(stderr).toMatch(/needs .* npm install --ignore-scripts /);
    expect(stderr).toMatch(new RegExp(`${name.replaceAll(".", "\\.")}@\\d`));
    expect(code).toBe(2);
  });

  test("help needs nothing of it", () => {
    for (const command of ["caption", "report", "pretrain", "label-curve", "notebook", "bench"]) {
      expect(simvlm(command, "--help"), command).toMatchObject({ code: 0 });
    }
  });
});

describe.skipIf(!hasNetwork)("installed whole, without a script of any package", () => {
  const folder = hasNetwork ? strangersFolder("captions") : "";
  const simvlm = (...args: string[]) => mustRun(folder, "npx", "--no-install", "simvlm", ...args);

  beforeAll(() => {
    const { devDependencies } = JSON.parse(readFileSync(join(project, "package.json"), "utf8")) as {
      devDependencies: Record<string, string>;
    };
    const nodeTypes = `@types/node@${devDependencies["@types/node"]}`;
    mustRun(
      folder,
      ...(["npm", "install", "--cache", emptyFolder("cache"), "--ignore-scripts", nodeTypes] as const),
      ...packed,
    );
  }, INSTALLING);

  test("it scores, captions, reports and verifies", () => {
    expect(simvlm(...SCORE)).toContain("1.1617");
    expect(simvlm(...CAPTION)).toContain("beach.jpg: a ");
    simvlm(...RUN);
    simvlm("report", "run", "--out", "report.html");
    expect(simvlm("verify", "report.html")).toContain("confirmed");
  });

  test("trimmed, it has less than half of its size, and does the same", () => {
    const size = () => bytesOf(join(folder, "node_modules"));
    const whole = size();
    const { bytes, removed } = JSON.parse(simvlm("trim", "--dry-run", "--json"));
    expect(size()).toBe(whole);
    expect(removed).toContainEqual(
      expect.objectContaining({ package: "onnxruntime-node", what: "binaries of other systems" }),
    );
    expect(simvlm("trim")).toContain(`${(bytes / 1e6).toFixed(1)} MB were removed.`);
    expect(whole - size()).toBe(bytes);
    expect(size()).toBeLessThan(260e6);
    expect(simvlm("trim")).toContain("Nothing to remove");
    expect(simvlm(...CAPTION)).toContain("beach.jpg: a ");
    simvlm("report", "run", "--out", "trimmed.html");
    expect(readFileSync(join(folder, "trimmed.html"))).toEqual(readFileSync(join(folder, "report.html")));
  });

  test("CommonJS requires it", () => {
    const script = `
      const { createCaptioner } = require("simvlm");
      const { compile } = require("simvlm/engine");
      const { scoreBleu } = require("@simvlm/metrics");
      console.log(typeof createCaptioner, typeof compile, typeof scoreBleu);`;
    expect(mustRun(folder, "node", "-e", script)).toBe("function function function\n");
  });

  test.each([
    ["Node16", "Node16"],
    ["NodeNext", "NodeNext"],
    ["ESNext", "Bundler"],
  ])("a strict program compiles: modules of %s, resolved as %s", (module, resolution) => {
    writeFileSync(join(folder, "program.mts"), programOfEveryPart(folder));
    const options = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--skipLibCheck", "false"];
    const { stdout } = runIn(
      folder,
      ...(["node", join(project, "node_modules/typescript/bin/tsc"), ...options] as const),
      ...["--target", "ES2022", "--types", "node", "--module", module, "--moduleResolution", resolution, "program.mts"],
    );
    // Types of other packages have mistakes of their own: tfjs names a type of `long` without importing it.
    const others = /^node_modules\/(?!simvlm\/|@simvlm\/)/;
    expect(stdout.split("\n").filter((line) => line !== "" && !others.test(line))).toEqual([]);
  });
});

/** Imports every part by its name, and does what the README shows. */
function programOfEveryPart(folder: string): string {
  const { exports } = JSON.parse(readFileSync(join(folder, "node_modules/simvlm/package.json"), "utf8")) as {
    exports: Record<string, unknown>;
  };
  const parts = Object.keys(exports).filter((path) => path !== "./package.json");
  const imports = parts.map((path, i) => `import * as part${i} from "${path.replace(".", "simvlm")}";`);
  return `${imports.join("\n")}
import { type MetricDefinition, METRICS } from "@simvlm/metrics";
import { type Captioner, createCaptioner, loadImage, openCheckpoint } from "simvlm";

export const parts: readonly object[] = [${parts.map((_, i) => `part${i}`).join(", ")}];
export const metrics: readonly MetricDefinition[] = METRICS;
export async function caption(path: string): Promise<string | undefined> {
  const captioner: Captioner = createCaptioner(await openCheckpoint("checkpoint"));
  const { data } = await loadImage(path, captioner.preparation);
  const [caption] = await captioner.caption([data]);
  return caption?.text;
}
`;
}
