import { describe, expect, it } from "vitest";
import { readPreprocessor } from "../../../harness/images/index.js";
import { Scratch } from "../cli/run-cli.js";

const CLIP = { mean: [0.48145466, 0.4578275, 0.40821073], std: [0.26862954, 0.26130258, 0.27577711] };

function read(config: unknown, file = "preprocessor_config.json") {
  const scratch = new Scratch();
  scratch.write(file, config);
  return readPreprocessor(scratch.path);
}

describe("readPreprocessor", () => {
  it("fills in what each class does where its file says nothing", async () => {
    expect(await read({ image_processor_type: "CLIPImageProcessor" })).toEqual({
      preprocessing: "reference",
      transparentColour: "white",
      framing: { kind: "center-crop", size: 224, resize: { shorterSide: 224 } },
      kernel: "bicubic",
      rescale: 1 / 255,
      ...CLIP,
    });
    expect(await read({ image_processor_type: "BlipImageProcessorFast" })).toEqual({
      preprocessing: "reference",
      transparentColour: "white",
      framing: { kind: "stretch", size: 384 },
      kernel: "bicubic",
      rescale: 1 / 255,
      ...CLIP,
    });
    expect(await read({ feature_extractor_type: "ViTFeatureExtractor" })).toEqual({
      preprocessing: "reference",
      transparentColour: "kept",
      framing: { kind: "stretch", size: 224 },
      kernel: "bilinear",
      rescale: 1 / 255,
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
    });
  });

  it.each([
    [
      { size: 40, crop_size: 32 },
      { kind: "center-crop", size: 32, resize: { shorterSide: 40 } },
    ],
    [
      { size: { shortest_edge: 40 }, crop_size: [32, 32] },
      { kind: "center-crop", size: 32, resize: { shorterSide: 40 } },
    ],
    [
      { size: { height: 40, width: 50 }, crop_size: { height: 32, width: 32 } },
      { kind: "center-crop", size: 32, resize: { height: 40, width: 50 } },
    ],
    [
      { do_resize: false, crop_size: 32 },
      { kind: "center-crop", size: 32, resize: "none" },
    ],
    [
      { do_center_crop: false, size: { height: 40, width: 40 } },
      { kind: "stretch", size: 40 },
    ],
  ])("understands the sizes %j", async (sizes, framing) => {
    expect((await read({ image_processor_type: "CLIPImageProcessor", ...sizes })).framing).toEqual(framing);
  });

  it("takes one number for a square where the class does", async () => {
    const { framing } = await read({ feature_extractor_type: "ViTFeatureExtractor", size: 64, resample: 3 });
    expect(framing).toEqual({ kind: "stretch", size: 64 });
  });

  it("understands filter, factor, means and flags", async () => {
    const type = { image_processor_type: "ViTImageProcessor" };
    const kernels = [0, 1, 2, 3, 4, 5].map(async (resample) => (await read({ ...type, resample })).kernel);
    expect(await Promise.all(kernels)).toEqual(["nearest", "lanczos", "bilinear", "bicubic", "box", "hamming"]);
    expect(await read({ ...type, rescale_factor: 0.5, image_mean: 0.25, image_std: [1, 2, 4] })).toMatchObject({
      ...{ rescale: 0.5, mean: [0.25, 0.25, 0.25], std: [1, 2, 4] },
    });
    expect(await read({ ...type, do_rescale: false, do_normalize: false, do_convert_rgb: true })).toMatchObject({
      ...{ rescale: 1, mean: [0, 0, 0], std: [1, 1, 1], transparentColour: "white" },
    });
  });

  it("reads what processor_config.json says of pictures", async () => {
    const nested = { image_processor: { image_processor_type: "ViTImageProcessor", size: 32 } };
    expect((await read(nested, "processor_config.json")).framing.size).toBe(32);
    const scratch = new Scratch();
    scratch.write("processor_config.json", { processor_class: "GitProcessor" });
    scratch.write("preprocessor_config.json", { image_processor_type: "ViTImageProcessor", size: 48 });
    expect((await readPreprocessor(scratch.path)).framing.size).toBe(48);
  });

  it("takes the class that is given for one that is not named", async () => {
    const scratch = new Scratch();
    scratch.write("preprocessor_config.json", { size: 64 });
    expect((await readPreprocessor(scratch.path, "Blip")).framing).toEqual({ kind: "stretch", size: 64 });
    await expect(readPreprocessor(scratch.path)).rejects.toMatchObject({ code: "unsupported-preprocessor" });
  });

  it.each([
    [{ size: 0 }, /preprocessor_config\.json: size: /],
    [{ size: { shortest_edge: 224, longest_edge: 640 } }, /: size: /],
    [{ size: { height: 224 } }, /: size: /],
    [{ size: 1e9 }, /: size: /],
    [{ crop_size: "224" }, /: crop_size: expected pixels/],
    [{ resample: 7 }, /: resample: /],
    [{ do_resize: "yes" }, /: do_resize: /],
    [{ image_mean: [0.5, 0.5] }, /: image_mean: expected three numbers/],
    [{ image_std: [1, 0, 1] }, /: image_std/],
    [{ rescale_factor: -1 }, /: rescale_factor: /],
  ])("refuses %j, naming file and field", async (fields, message) => {
    await expect(read({ image_processor_type: "CLIPImageProcessor", ...fields })).rejects.toMatchObject({
      code: "wrong-schema",
      message: expect.stringMatching(message),
    });
  });

  it.each([
    [{ image_processor_type: "OwlViTImageProcessor" }, /OwlViTImageProcessor is unknown; known are CLIPImageProcessor/],
    [{}, /names no image_processor_type/],
    [{ image_processor_type: "ViTImageProcessor", size: [32, 48] }, /32 × 48, not a square/],
    [{ image_processor_type: "CLIPImageProcessor", crop_size: [32, 48] }, /32 × 48, not a square/],
    [{ image_processor_type: "CLIPImageProcessor", do_center_crop: false }, /no squares/],
    [{ image_processor_type: "ViTImageProcessor", do_resize: false }, /of any size/],
    [{ image_processor_type: "ViTImageProcessor", do_pad: true }, /do_pad/],
  ])("refuses by name what cannot be done: %j", async (config, message) => {
    await expect(read(config)).rejects.toMatchObject({
      code: "unsupported-preprocessor",
      message: expect.stringMatching(message),
    });
  });

  it("is refused where there is no such file, or no JSON in it", async () => {
    await expect(readPreprocessor(new Scratch().path)).rejects.toMatchObject({
      code: "missing-file",
      message: expect.stringContaining("preprocessor_config.json"),
    });
    await expect(read("{")).rejects.toMatchObject({ code: "not-json" });
  });
});
