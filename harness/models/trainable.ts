import type { Tensor } from "@tensorflow/tfjs-core";
import type { WeightsFormat } from "../checkpoints/checkpoint.js";
import type { HostTensor, WeightArrays, Weights } from "../layers/weights.js";
import type { Random } from "../random.js";
import type { ClassifierExample, ClassifierHead, TextPlaces, VisionLanguageModel } from "./vision-language-model.js";

/** A loss, a scalar, and its gradient with respect to every weight: zeros where it does not depend on one. */
export interface LossAndGradients {
  readonly loss: Tensor;
  readonly gradients: Record<string, Tensor>;
}

/** A batch as its objective takes it; nobody but the family looks inside. */
export type TensorBatch = BatchTree<Tensor>;
/** A {@link TensorBatch} in host memory. */
export type HostBatch = BatchTree<HostTensor>;
type BatchTree<Leaf> = { readonly [name: string]: Leaf | BatchTree<Leaf> | undefined };

/** A batch in host memory, and what its loss is the mean of: target tokens, or examples. */
export interface WeighedBatch {
  readonly batch: HostBatch;
  readonly weight: number;
}

/** What a model is trained on: how examples become a batch, and the loss of one. */
export interface Objective<Example, Places extends TextPlaces = TextPlaces> {
  /**
   * Puts examples together into one batch, every text padded to its places.
   * @param examples those with a picture first
   * @param places how many tokens there is room for
   * @param random the stream for what is drawn of each example, such as where a text is cut
   */
  toBatch(examples: readonly Example[], places: Places, random: Random): WeighedBatch;
  /**
   * A pure function, so that it can be compiled.
   * @param batch as `toBatch` makes it
   * @param noise as `Trainable.sampleNoise` draws it; undefined for none
   */
  lossAndGradients(weights: Weights, batch: TensorBatch, noise: Weights | undefined): LossAndGradients;
}

/** A text from the web, with a picture or without, of which any part may be the prompt. */
export interface WebExample {
  readonly image?: Float32Array | undefined;
  readonly text: readonly number[];
}

/**
 * How a text is divided into what is read and what is to be predicted: at a place drawn anew for each (`uniform`), not at
 * all (`none`, a plain language model), after so many tokens, or with spans of it taken out (`spans`, T5's corruption).
 */
export type TextCut = "uniform" | "none" | "spans" | number;

/** Places for texts that are cut into prompt and text. */
export interface PretrainingPlaces extends TextPlaces {
  /** Share of the texts beside a picture that are left whole: all of them is to be told from the picture. */
  readonly wholeText: number;
  /** Absent: `uniform`. */
  readonly cut?: TextCut | undefined;
}

/** An example whose answer is a text. */
export interface AnsweredExample {
  readonly image?: Float32Array | undefined;
  readonly prompt: readonly number[];
  readonly text: readonly number[];
}

/** An example whose answer is a class. */
export interface ClassifiedExample extends ClassifierExample {
  /** How right each class is, `[classes]`. */
  readonly classScores: readonly number[];
}

/** Classes exclude each other (softmax), or several may be right to a degree (sigmoid). */
export type ClassificationLoss = "softmax" | "sigmoid";

/** How often a number (dropout) or a whole branch of one example (stochastic depth) is left out. */
export interface NoiseRates {
  readonly dropout: number;
  readonly stochasticDepth: number;
}

/** The sizes of a batch that noise is drawn for. */
export interface NoiseSizes extends TextPlaces {
  readonly examples: number;
  /** How many of them have a picture. */
  readonly pictures: number;
}

/** What a family is fine-tuned with unless somebody asks otherwise. */
export interface UsualTraining extends NoiseRates {
  readonly learningRate: number;
}

/** Which weights decay: those that are no vectors (biases, norms), or all. */
export type Decaying = "matrices" | "all";

/** What training needs of a model; the loop, the optimiser and the state to go on from are the house's. */
export interface Trainable {
  /** Reads all that is trained, a head's weights excepted. */
  readWeights(): Promise<WeightArrays>;
  /** A head's, where there is one. */
  readonly headWeights?: WeightArrays | undefined;
  /** The text of its tokenizer's file, whose hash a recipe names. */
  readonly tokenizerText: string;
  /** The texts that stand in each checkpoint beside the weights, by the names of their files: the config, the tokenizer. */
  readFiles(head?: ClassifierHead): Promise<Readonly<Record<string, string>>>;
  /** What the file of weights says that it is for, where others read it, too. */
  readonly weightsFormat?: WeightsFormat;
  /** Absent: as the house trains. */
  readonly usual?: UsualTraining;
  /** Absent: matrices. */
  readonly decays?: Decaying;
  /** Fresh weights, the same for the same stream; absent for a family that is trained from published ones only. */
  initializeWeights?(random: Random): WeightArrays;
  /**
   * A head's fresh weights.
   * @param classTokens what the model would say for each class, as token ids
   * @param weights of the model it stands on
   */
  initializeHead?(
    head: ClassifierHead,
    classTokens: readonly (readonly number[])[],
    weights: WeightArrays,
    random: Random,
  ): WeightArrays;
  /**
   * The model with other weights. Of a family that is pretrained it reads them where they lie: what is written there
   * later counts.
   * @param weights the model's, and those of `head` if there is one
   */
  withWeights(weights: WeightArrays, head?: ClassifierHead): VisionLanguageModel;
  /** On texts of the web; absent for a family that is only fine-tuned. */
  readonly pretraining?: Objective<WebExample, PretrainingPlaces>;
  /** On texts that answer a prompt. */
  readonly generation: Objective<AnsweredExample>;
  /** The same with smoothed labels. @param smoothing the share of a target that goes to all other tokens, 0 to 1 */
  smoothed?(smoothing: number): Objective<AnsweredExample>;
  /** On classes; absent for a family without heads. */
  classification?(head: ClassifierHead, loss: ClassificationLoss): Objective<ClassifiedExample>;
  /** Draws dropout and stochastic depth of one training step; absent for a family that has none. */
  sampleNoise?(sizes: NoiseSizes, rates: NoiseRates, random: Random): Readonly<Record<string, HostTensor>>;
}
