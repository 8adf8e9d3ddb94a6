import { describe } from "vitest";
import { describeAttention } from "../../../captioners/attention.js";
import { describeClip } from "../../../captioners/clip.js";
import { describeGenerations } from "../../../captioners/generations.js";
import { ownCaptioners } from "../../../captioners/golden.js";
import { describeStates } from "../../../captioners/states.js";

const captioners = ownCaptioners();

describe("states", () => describeStates(captioners));
describe("attention", () => describeAttention(captioners));
describe("generations", () => describeGenerations(captioners));
describe("CLIP", () => describeClip(captioners));
