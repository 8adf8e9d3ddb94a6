import { type GradConfig, getGradient, registerGradient } from "@tensorflow/tfjs-core";
import { arithmeticGradients } from "./arithmetic-gradients.js";
import { convolutionGradients } from "./convolution-gradients.js";
import { functionGradients } from "./function-gradients.js";
import { gatherScatterGradients } from "./gather-gradients.js";
import { type GradientFamily, toGradConfig } from "./gradient.js";
import { linearAlgebraGradients } from "./linear-algebra-gradients.js";
import { reductionGradients } from "./reductions.js";
import { ADD_N, CONCAT, shapeGradients } from "./shape-gradients.js";

/*
 * tfjs-core registers its gradients from modules that Node cannot load (its bundle for Node leaves them out), so
 * these are ours: on any backend, eager or traced. Those of the whole tfjs package, when it is loaded, are kept.
 */
const FAMILIES: readonly GradientFamily[] = [
  arithmeticGradients,
  functionGradients,
  reductionGradients,
  linearAlgebraGradients,
  shapeGradients,
  convolutionGradients,
  gatherScatterGradients,
];

const configs: GradConfig[] = FAMILIES.flatMap((family) =>
  Object.entries(family).map(([kernelName, gradient]) => toGradConfig(kernelName, gradient)),
);

for (const config of [...configs, ADD_N, CONCAT]) {
  if (!getGradient(config.kernelName)) registerGradient(config);
}
