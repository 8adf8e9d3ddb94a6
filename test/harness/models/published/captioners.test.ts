import { describe } from "vitest";
import { describeAttention } from "../../../captioner-attention.js";
import { describeClip } from "../../../captioner-clip.js";
import { describeGenerations } from "../../../captioner-generations.js";
import { describeStates } from "../../../captioner-states.js";
import { ownCaptioners } from "../../../captioners.js";

const captioners = ownCaptioners();

describe("states", () => describeStates(captioners));
describe("attention", () => describeAttention(captioners));
describe("generations", () => describeGenerations(captioners));
describe("CLIP", () => describeClip(captioners));
