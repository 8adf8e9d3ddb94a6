import { type BatchMatMulAttrs, type EinsumAttrs, einsum, matMul, type Tensor } from "@tensorflow/tfjs-core";
import { type GradientFamily, gradient, unbroadcast } from "./gradient.js";

/** Sums over a batch that was broadcast, and gives the matrices back their shape. */
function forOperand(product: Tensor, operand: Tensor): Tensor {
  return unbroadcast(product, operand.shape);
}

/** The gradients of matrix products. */
export const linearAlgebraGradients: GradientFamily = {
  BatchMatMul: gradient<BatchMatMulAttrs>({ inputs: ["a", "b"] }, (dy, [a, b], { transposeA, transposeB }) => ({
    a: () => forOperand(transposeA ? matMul(b!, dy, transposeB, true) : matMul(dy, b!, false, !transposeB), a!),
    b: () => forOperand(transposeB ? matMul(dy, a!, true, transposeA) : matMul(a!, dy, !transposeA, false), b!),
  })),
  Einsum: gradient<EinsumAttrs>({ inputs: ["0", "1"] }, (dy, operands, { equation }) => {
    const [inputs = "", output = ""] = equation.replaceAll(" ", "").split("->");
    const [left = "", right] = inputs.split(",");
    if (right === undefined) throw new Error(`einsum "${equation}": the gradient of one operand is not defined here.`);
    const [a, b] = operands as [Tensor, Tensor];
    return {
      0: () => einsum(`${output},${right}->${left}`, dy, b),
      1: () => einsum(`${output},${left}->${right}`, dy, a),
    };
  }),
};
