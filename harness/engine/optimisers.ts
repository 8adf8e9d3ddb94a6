/** A traced graph has the same thing once already; to look again takes half of the time that a training step's graph takes. */
const OF_NO_USE = ["CommonSubexpressionElimination"];

/**
 * What finds nothing in the graph of a training step, and still walks through its twenty thousand operators again and
 * again: patterns of quantised and 16-bit models, of operators that are not traced, and fusions of what the gradients
 * need unfused. ONNX Runtime 1.30 passes over names that it does not know.
 */
const OF_NO_USE_IN_TRAINING = [
  ...OF_NO_USE,
  // quantised models
  "Avx2WeightS8ToU8Transformer",
  "ConstantFoldingDQ",
  "DoubleQDQPairsRemover",
  "DQMatMulNBitsFusion",
  "DynamicQuantizeMatMulFusion",
  "EnsureUniqueDQForNodeUnit",
  "MatMulIntegerToFloatFusion",
  "MatMulNBitsMlpFusion",
  "MatMulNBitsQkvFusion",
  "QDQFinalCleanupTransformer",
  "QDQPropagationTransformer",
  "QDQS8ToU8Transformer",
  "QDQSelectorActionTransformer",
  "WeightBiasQuantization",
  // models of 16 bits
  "CastChainElimination",
  "FuseInitializersTransformer",
  "PropagateCastOps",
  "RemoveDuplicateCastTransformer",
  // parts of other models
  "AttentionFusion",
  "BiasDropoutFusion",
  "BiasSkipLayerNormFusion",
  "EmbedLayerNormFusion",
  "FastGeluFusion",
  "GroupQueryAttentionFusion",
  "GroupQueryAttentionPreNormFusion",
  "IsInfReduceSumFusion",
  "LabelEncoderFusion",
  "MatMul_BatchNormalization_Fusion",
  "NotWhereFusion",
  "PadFusion",
  "QuickGeluFusion",
  "SimplifiedLayerNormFusion",
  "SkipLayerNormFusion",
  "SliceConcatToSpaceToDepthFusion",
  // what the gradients need unfused, or what a trace has in its final form
  "BiasSoftmaxFusion",
  "ConcatSliceElimination",
  "ConstantFolding",
  "ConvActivationFusion",
  "ConvAddActivationFusion",
  "ConvAddFusion",
  "ConvMulFusion",
  "ExpandElimination",
  "GatherSliceToSplitFusion",
  "GatherToSliceFusion",
  "GatherToSplitFusion",
  "GeluFusionL1",
  "GemmActivationFusion",
  "LayerNormFusionL1",
  "LayerNormFusionL2",
  "MatMulActivationFusion",
  "MatMulScaleFusion",
  "NhwcTransformer",
  "ReshapeFusion",
  "UnsqueezeElimination",
];

/**
 * How far ONNX Runtime optimises a graph: `training` is `all` without what finds nothing in a training step's graph,
 * where looking for it takes longer than several steps.
 */
export type Optimisation = "disabled" | "basic" | "extended" | "all" | "training";

/**
 * What a session is told, see {@link Optimisation}. Of a training step, ONNX Runtime would plan the memory at the first run and take
 * it at the second, beside what the first has taken: twice two gigabytes of `base`, for a step that is 4 % faster.
 */
export function optimisationOptions(optimisation: Optimisation) {
  const isTraining = optimisation === "training";
  const names = isTraining ? OF_NO_USE_IN_TRAINING : OF_NO_USE;
  return {
    graphOptimizationLevel: isTraining ? ("all" as const) : optimisation,
    enableMemPattern: !isTraining,
    optimization: { disable_specified_optimizers: names.join(";") },
  };
}
