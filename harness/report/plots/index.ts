export { type DistributionOptions, type ExampleScores, scoreDistributionView } from "./distribution.js";
export type { Axis, Drawing, Figure, Panel, Rule, Series, Style, Tick } from "./figure.js";
export { styleOf } from "./figure.js";
export { type LabelCurveOptions, type LabelPoint, labelCurveView } from "./label-curve-plot.js";
export { type LossCurve, type LossCurveOptions, type LossPoint, lossCurveView } from "./loss-curve.js";
export { type PairedDifferencesOptions, pairedDifferencesView } from "./paired-differences.js";
export { plotView } from "./plot-view.js";
export { type DatedScore, type ScoreHistoryOptions, scoreHistoryView } from "./score-history.js";
export { type ScoresByDomainOptions, scoresByDomainView } from "./scores-by-domain.js";
