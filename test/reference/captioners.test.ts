import { join } from "node:path";
import { describe } from "vitest";
import { describeAttention } from "../captioners/attention.js";
import { describeClip } from "../captioners/clip.js";
import { describeExports } from "../captioners/exports.js";
import { describeGenerations } from "../captioners/generations.js";
import { captionersIn } from "../captioners/golden.js";
import { describeStates } from "../captioners/states.js";
import { hasShared, sharedFolder } from "../shared.js";

describe.skipIf(!hasShared)("captioners as the reference implementation has them", () => {
  const models = join(sharedFolder, "reference/models");
  const captioners = captionersIn(join(models, "checkpoints"), join(models, "golden"));
  describe("states", () => describeStates(captioners));
  describe("attention", () => describeAttention(captioners));
  describe("generations", () => describeGenerations(captioners));
  describe("CLIP", () => describeClip(captioners));
  describe("exports", () => describeExports(captioners));
});
