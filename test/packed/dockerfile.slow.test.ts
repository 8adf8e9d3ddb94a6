import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { followDockerfile, readDockerfile } from "./dockerfile.js";
import { hasNetwork, INSTALLING, mustRun, project, runIn } from "./npm.js";

const hasDocker = runIn(tmpdir(), "docker", "info").code === 0;
if (!hasDocker) console.log("There is no Docker daemon: the Dockerfile's steps are followed without one.");

const instructions = readDockerfile(join(project, "Dockerfile"));
const SCORE = "score --task caption --references annotations.json --predictions predictions-zero-shot.json".split(" ");
const data = join(project, "fixtures/nocaps");

test("its images are Debian's slim ones with Node, and what is run in the last is nobody's administrator", () => {
  const images = instructions.filter(([name]) => name === "FROM").map(([, image]) => image.split(" ")[0]);
  for (const image of images) expect(image).toMatch(/^node:\d+-[a-z]+-slim$/);
  expect(instructions.findLast(([name]) => name === "USER")?.[1]).toBe("node");
});

describe.skipIf(!hasNetwork)("the image", () => {
  test.skipIf(!hasDocker)(
    "is built, and scores",
    () => {
      mustRun(project, "docker", "build", "--tag", "simvlm-test", ".");
      const printed = mustRun(
        project,
        "docker",
        "run",
        "--rm",
        "--volume",
        `${data}:/work:ro`,
        "simvlm-test",
        ...SCORE,
      );
      expect(printed).toContain("1.1617");
    },
    INSTALLING,
  );

  test.skipIf(hasDocker)(
    "is what its steps make, which scores",
    () => {
      const [program, ...args] = followDockerfile(instructions);
      expect(mustRun(data, program!, ...args, ...SCORE)).toContain("1.1617");
    },
    INSTALLING,
  );
});
