// What danfojs-node uses of it: tensors whose operations are methods, too, and `data` in a series' sample. The whole of
// tfjs, which has them as well, is 230 MB larger: layers, converters, WebGL, and everything for browsers.
require("@tensorflow/tfjs-backend-cpu");
const tf = require("@tensorflow/tfjs-core");

const METHODS = `
  abs acos acosh add all any argMax argMin asin asinh atan atan2 atanh avgPool batchNorm batchToSpaceND
  broadcastTo cast ceil clipByValue conv1d conv2d conv2dTranspose cos cosh cumprod cumsum depthToSpace
  depthwiseConv2d dilation2d div divNoNan dot elu equal erf euclideanNorm exp expandDims expm1 fft floor floorDiv
  gather greater greaterEqual ifft irfft isFinite isInf isNaN leakyRelu less lessEqual localResponseNormalization
  log log1p logSigmoid logSoftmax logSumExp logicalAnd logicalNot logicalOr logicalXor matMul max maxPool maximum
  mean min minimum mirrorPad mod mul neg norm notEqual oneHot onesLike pad pool pow prelu prod reciprocal relu
  relu6 reshape reverse rfft round rsqrt selu separableConv2d sigmoid sign sin sinh slice softmax softplus
  spaceToBatchND split sqrt square squaredDifference squeeze step stridedSlice sub sum tan tanh tile topk
  transpose unique unsortedSegmentSum unstack where zerosLike
`;

const methods = tf.Tensor.prototype;
for (const name of METHODS.trim().split(/\s+/)) {
  methods[name] = function (...rest) {
    return tf[name](this, ...rest);
  };
}
for (const name of ["concat", "stack"]) {
  methods[name] = function (others, axis) {
    return tf[name]([this, ...[others].flat()], axis);
  };
}
methods.flatten = function () {
  return tf.reshape(this, [this.size]);
};
methods.asType = function (type) {
  return tf.cast(this, type);
};

module.exports = { ...tf, data: require("@tensorflow/tfjs-data") };
