import { describe } from "vitest";
import { describeAttention } from "../captioner-attention.js";
import { describeClip } from "../captioner-clip.js";
import { describeExports } from "../captioner-exports.js";
import { describeGenerations } from "../captioner-generations.js";
import { describeStates } from "../captioner-states.js";
import { sharedCaptioners } from "../captioners.js";
import { hasShared } from "../shared.js";

describe.skipIf(!hasShared)("captioners as the reference implementation has them", () => {
  const captioners = sharedCaptioners();
  describe("states", () => describeStates(captioners));
  describe("attention", () => describeAttention(captioners));
  describe("generations", () => describeGenerations(captioners));
  describe("CLIP", () => describeClip(captioners));
  describe("exports", () => describeExports(captioners));
});
