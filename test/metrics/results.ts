import { classificationAccuracy, type MetricResult, vqaAccuracy } from "@simvlm/metrics";

/** An accuracy result with 1 where the system is right: the smallest metric to resample. */
export function accuracyOf(right: readonly (0 | 1)[]): MetricResult<"accuracy"> {
  return classificationAccuracy(
    right.map((isRight) => (isRight ? "yes" : "no")),
    right.map(() => "yes"),
  );
}

/** The same as VQA, 0 to 100, with questions of one image in one cluster. */
export function clusteredAccuracyOf(right: readonly (0 | 1)[], images: readonly number[]): MetricResult<"accuracy"> {
  const answers = [1, 2, 3, 4].map((id) => ({ answer: "yes", answer_id: id }));
  return vqaAccuracy(
    right.map((isRight) => (isRight ? "yes" : "no")),
    images.map((imageId) => ({ answers, imageId })),
  );
}
