import { Scratch } from "../harness/cli/run-cli.js";
import { advice, cli } from "./advice.js";

const scratch = new Scratch();
const beach = "fixtures/images/beach.jpg";
const GIT = ["--checkpoint", "fixtures/captioners/git", "--max-length", "4"];
const attend = (...args: string[]) => cli("attend", ...GIT, ...args);
const draw = (...args: string[]) => attend(beach, "--out", scratch.at("map.svg"), ...args);
const measure = (...args: string[]) =>
  attend("--faithfulness", "--steps", "1", "--random-maps", "1", "--maps", "mean", ...args);
const SET = ["--data", "fixtures/kept/nocaps", "--limit", "1"];

export const ATTENTION = [
  advice(
    "--… is for measuring maps: give --faithfulness, too, or leave it out.",
    () => draw("--maps", "mean"),
    () => draw(),
  ),
  advice(
    "--… is for drawing maps: with --faithfulness, where --maps chooses what is measured, leave it out.",
    () => measure(beach, "--map", "max"),
    () => measure(beach, "--maps", "max"),
  ),
  advice(
    "--… is for a data set: give --data, or leave it out.",
    () => measure(beach, "--limit", "1"),
    () => measure(...SET),
  ),
  advice(
    "There is no picture to caption: name one.",
    () => attend("--out", scratch.at("map.svg")),
    () => draw(),
  ),
  advice(
    "There is nothing to draw on: name a file with --out, or - for standard output.",
    () => attend(beach),
    () => draw(),
  ),
  advice(
    "The map … is of all layers and heads: leave out --layer and --head.",
    () => draw("--map", "rollout", "--layer", "0"),
    () => draw("--map", "rollout"),
  ),
  advice(
    "Give one picture, or a data set with --data, and not both.",
    () => measure(beach, ...SET),
    () => measure(beach),
  ),
  advice(
    "--caption is for one picture: leave it out, and each has the model's own.",
    () => measure(...SET, "--caption", "a dog"),
    () => measure(...SET),
  ),
];
