import { existsSync } from "node:fs";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { readJson } from "../files/json.js";
import { requireFile } from "../files/open-file.js";
import { LARGEST_SIDE } from "./framing.js";
import type { PerChannel } from "./normalize.js";
import type { StillPillowFraming } from "./pillow-frame.js";
import type { PillowKernel } from "./pillow-kernels.js";
import type { PublishedPreparation } from "./preparation.js";
import type { Size } from "./rgb-image.js";

/** What a published folder says about pictures: the newer file, and what most folders have. */
const FILES = { processor: "processor_config.json", preprocessor: "preprocessor_config.json" } as const;

/** Pillow's numbers for its filters. */
const KERNELS: readonly PillowKernel[] = ["nearest", "lanczos", "bilinear", "bicubic", "box", "hamming"];

type SideOrSize = { readonly shorterSide: number } | Size;

/** What a class of image processors does where the file says nothing. */
interface Usual {
  /** A size of one number is a square; otherwise the shorter side. */
  readonly square: boolean;
  readonly size: SideOrSize;
  readonly centerCrop: boolean;
  readonly convertRgb: boolean;
  readonly kernel: PillowKernel;
  readonly mean: PerChannel;
  readonly std: PerChannel;
}

const HALF: PerChannel = [0.5, 0.5, 0.5];
const CLIP_MEAN: PerChannel = [0.48145466, 0.4578275, 0.40821073];
const CLIP_STD: PerChannel = [0.26862954, 0.26130258, 0.27577711];
const CROP = 224;

const USUAL = {
  CLIP: {
    square: false,
    size: { shorterSide: 224 },
    centerCrop: true,
    convertRgb: true,
    kernel: "bicubic",
    mean: CLIP_MEAN,
    std: CLIP_STD,
  },
  Blip: {
    square: true,
    size: { width: 384, height: 384 },
    centerCrop: false,
    convertRgb: true,
    kernel: "bicubic",
    mean: CLIP_MEAN,
    std: CLIP_STD,
  },
  ViT: {
    square: true,
    size: { width: 224, height: 224 },
    centerCrop: false,
    convertRgb: false,
    kernel: "bilinear",
    mean: HALF,
    std: HALF,
  },
} as const satisfies Readonly<Record<string, Usual>>;

/** The classes of image processors that are known. */
export type ImageProcessor = keyof typeof USUAL;

const Side = z.int().min(1).max(LARGEST_SIDE);
const HeightWidth = z.strictObject({ height: Side, width: Side });
const Pair = z.tuple([Side, Side]).transform(([height, width]) => ({ height, width }));
const SizeField = z
  .union([Side, Pair, HeightWidth, z.strictObject({ shortest_edge: Side })], {
    error: `expected pixels (1 to ${LARGEST_SIDE}), {"height", "width"} or {"shortest_edge"}`,
  })
  .nullish();
const CropField = z
  .union([Side.transform((side) => ({ height: side, width: side })), Pair, HeightWidth], {
    error: `expected pixels (1 to ${LARGEST_SIDE}) or {"height", "width"}`,
  })
  .nullish();
const perChannel = (value: z.ZodNumber) =>
  z
    .union([z.tuple([value, value, value]), value.transform((all): PerChannel => [all, all, all])], {
      error: "expected three numbers, one for each channel",
    })
    .nullish();
const Flag = z.boolean().nullish();

const Preprocessor = z.looseObject({
  image_processor_type: z.string().nullish(),
  feature_extractor_type: z.string().nullish(),
  do_resize: Flag,
  size: SizeField,
  resample: z
    .int()
    .min(0)
    .max(KERNELS.length - 1)
    .nullish(),
  do_center_crop: Flag,
  crop_size: CropField,
  do_rescale: Flag,
  rescale_factor: z.number().positive().nullish(),
  do_normalize: Flag,
  image_mean: perChannel(z.number()),
  image_std: perChannel(z.number().positive()),
  do_convert_rgb: Flag,
  do_pad: Flag,
});
type Preprocessor = z.output<typeof Preprocessor>;

const PreprocessorFile = Preprocessor.describe("the preprocessor_config.json of a published model");
const ProcessorFile = z
  .looseObject({ image_processor: Preprocessor.nullish() })
  .describe("the processor_config.json of a published model");

/**
 * How a published model has pictures made ready, by the `preprocessor_config.json` of its folder, or by what
 * `processor_config.json` says of its image processor. What a file leaves out is what its class of image processors
 * usually does. The mode is `reference`.
 * @param otherwise the class of a file that names none
 * @throws SimvlmError `missing-file`, `not-json`, `wrong-schema` naming the field, `unsupported-preprocessor` for what
 *   cannot be done here or gives no square
 */
export async function readPreprocessor(folder: string, otherwise?: ImageProcessor): Promise<PublishedPreparation> {
  const processor = join(folder, FILES.processor);
  const nested = existsSync(processor) ? (await readSmall(processor, ProcessorFile)).image_processor : undefined;
  if (nested) return toPreparation(nested, `${processor}: image_processor`, otherwise);
  const preprocessor = join(folder, FILES.preprocessor);
  return toPreparation(await readSmall(preprocessor, PreprocessorFile), preprocessor, otherwise);
}

/** In bytes; such a file has less than one thousandth of it. */
const LONGEST = 1_000_000;

async function readSmall<Output>(path: string, schema: z.ZodType<Output>): Promise<Output> {
  await requireFile(path, LONGEST);
  return readJson(path, schema);
}

function toPreparation(
  fields: Preprocessor,
  where: string,
  otherwise: ImageProcessor | undefined,
): PublishedPreparation {
  const usual = USUAL[findClass(fields, where, otherwise)];
  if (fields.do_pad) throw unsupported(where, "do_pad is true, but pictures are not padded here");
  return {
    preprocessing: "reference",
    transparentColour: (fields.do_convert_rgb ?? usual.convertRgb) ? "white" : "kept",
    framing: toFraming(fields, usual, where),
    kernel: fields.resample == null ? usual.kernel : KERNELS[fields.resample]!,
    rescale: (fields.do_rescale ?? true) ? (fields.rescale_factor ?? 1 / 255) : 1,
    mean: (fields.do_normalize ?? true) ? (fields.image_mean ?? usual.mean) : [0, 0, 0],
    std: (fields.do_normalize ?? true) ? (fields.image_std ?? usual.std) : [1, 1, 1],
  };
}

function findClass(
  { image_processor_type, feature_extractor_type }: Preprocessor,
  where: string,
  otherwise: ImageProcessor | undefined,
): ImageProcessor {
  const type = image_processor_type ?? feature_extractor_type;
  const name = type?.replace(/(ImageProcessor|FeatureExtractor)(Fast|Pil)?$/, "") ?? otherwise;
  if (name !== undefined && isKnown(name)) return name;
  const known = Object.keys(USUAL).map((each) => `${each}ImageProcessor`);
  const problem = type == null ? "it names no image_processor_type" : `the image processor ${type} is unknown`;
  throw unsupported(where, `${problem}; known are ${known.join(", ")}`);
}

function isKnown(name: string): name is ImageProcessor {
  return Object.hasOwn(USUAL, name);
}

function toFraming(fields: Preprocessor, usual: Usual, where: string): StillPillowFraming {
  const resized = (fields.do_resize ?? true) ? toSize(fields.size, usual) : "none";
  if (fields.do_center_crop ?? usual.centerCrop) {
    const { height, width } = fields.crop_size ?? { height: CROP, width: CROP };
    if (height !== width) throw unsupported(where, `crop_size is ${height} × ${width}, not a square`);
    return { kind: "center-crop", size: height, resize: resized };
  }
  if (resized === "none") {
    throw unsupported(where, "do_resize and do_center_crop are both false, so pictures are of any size");
  }
  if ("shorterSide" in resized) {
    throw unsupported(
      where,
      "size is that of the shortest edge and do_center_crop is false, so pictures are no squares",
    );
  }
  if (resized.height !== resized.width) {
    throw unsupported(where, `size is ${resized.height} × ${resized.width}, not a square`);
  }
  return { kind: "stretch", size: resized.height };
}

function toSize(size: Preprocessor["size"], usual: Usual): SideOrSize {
  if (size == null) return usual.size;
  if (typeof size === "number") return usual.square ? { width: size, height: size } : { shorterSide: size };
  return "shortest_edge" in size ? { shorterSide: size.shortest_edge } : size;
}

function unsupported(where: string, what: string): SimvlmError {
  return new SimvlmError("unsupported-preprocessor", `${where}: ${what}.`);
}
