import { describe, expect, it } from "vitest";
import {
  frameWithPillow,
  type PillowKernel,
  type RgbImage,
  resample,
  type StillPillowFraming,
} from "../../../harness/images/index.js";
import { createRandom } from "../../../harness/random.js";

/*
 * What Pillow 13.0 makes of small pictures, and the library's center_crop (transformers 5.24), as hexadecimal bytes.
 */

/** A picture of whose pixels no two neighbours are alike. */
function picture(width: number, height: number): RgbImage {
  const data = Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const [x, y, channel] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3];
    return (37 * x + 91 * y + 53 * channel + 7 * x * y) % 256;
  });
  return { width, height, data };
}

const hex = ({ data }: RgbImage): string => Buffer.from(data).toString("hex");

const SHRUNK: readonly (readonly [PillowKernel, string])[] = [
  ["nearest", "255a8f6fa4d9b9ee2387bcf1df1449376ca14b80b5bff42933689dade2172f6499b1e61b"],
  ["lanczos", "27679a7fa1b29c8873aba4816f64736e808c606b7f90a39a9f807f879a8093807d9e8a74"],
  ["bilinear", "386d957893ae9e8f71939a897d6e7a7281886e75858e9a8b9180878c987a888185a88b6e"],
  ["bicubic", "2d67957a9bb6a28d6e9ea0877768756f7f8b677181919f92967f858b9b7b8b7d85a88c6d"],
  ["box", "13487d6fa4d9cc8136a1968b6d77818e83782e6398bf9f7e5085ba8dc277846499d2873c"],
  ["hamming", "255a8c749cc9b69256919c9b86636f6c818c66728699a58282818c93ab6e756e92b99255"],
];

describe("resample", () => {
  it.each(SHRUNK)("shrinks as Pillow does (%s)", (kernel, expected) => {
    expect(hex(resample(picture(7, 5), { width: 3, height: 4 }, kernel))).toBe(expected);
  });

  it("enlarges as Pillow does", () => {
    expect(hex(resample(picture(3, 2), { width: 4, height: 3 }, "bicubic"))).toBe(
      "002d620f44782e639f457ac12d61964479b7689da281b6645f94c979aef6a2d7a5bcf107",
    );
  });

  it("begins with the columns where the height shrinks by more than twice what the width does", () => {
    expect(hex(resample(picture(2, 12), { width: 3, height: 4 }, "bicubic"))).toBe(
      "4d86766a7b908670a96daa80709a7772896e7c78947c6b857b5d769867a49d7184a27a63",
    );
    // 6 is no more than twice 3.
    expect(hex(resample(picture(6, 12), { width: 3, height: 6 }, "bicubic"))).toBe(
      "547f9880828f6e999081827b84898e8b908070a37788846e8a86727872956f878a7f7271876c72a872997d9965ad6b949452776c9d59",
    );
  });

  it("leaves a picture of the right size alone", () => {
    const same = resample(picture(7, 5), { width: 7, height: 5 }, "lanczos");
    expect(same).toEqual(picture(7, 5));
  });

  it.each(SHRUNK.map(([kernel]) => kernel))("gives a part as it is in the whole (%s)", (kernel) => {
    const random = createRandom(3);
    for (let i = 0; i < 40; i++) {
      const [width, height, toWidth, toHeight] = [60, 60, 30, 30].map((most) => 1 + random.integer(most));
      const image = picture(width!, height!);
      const to = { width: toWidth!, height: toHeight! };
      const whole = resample(image, to, kernel);
      const [left, top] = [random.integer(to.width), random.integer(to.height)];
      const box = {
        left,
        top,
        width: 1 + random.integer(to.width - left),
        height: 1 + random.integer(to.height - top),
      };
      const part = resample(image, to, kernel, box);
      expect([part.width, part.height]).toEqual([box.width, box.height]);
      for (let row = 0; row < box.height; row++) {
        const at = 3 * ((top + row) * to.width + left);
        expect(part.data.subarray(3 * row * box.width, 3 * (row + 1) * box.width)).toEqual(
          whole.data.subarray(at, at + 3 * box.width),
        );
      }
    }
  });
});

describe("frameWithPillow", () => {
  const center = (size: number, shorterSide: number): StillPillowFraming => {
    return { kind: "center-crop", size, resize: { shorterSide } };
  };

  it.each([
    ["a wide picture", picture(9, 5), center(3, 4), "828bac7bafc9b09c4a925b5e416d9c7d8c7779c28bc37d887d8981"],
    ["a tall picture", picture(5, 9), center(3, 4), "56745c7369b179c38e6daf9dac8e4c89667a78b05a4887a076af49"],
    ["a crop beyond it", picture(6, 3), center(3, 2), "0000000000000000002761a16a9a91867db0b0a47083706e6c6a9c"],
    [
      "a picture that is not resized",
      picture(2, 3),
      { kind: "center-crop", size: 4, resize: "none" } as const,
      "00000000000000000000000000000000356a255a8f0000000000005b90c587bcf1000000000000b6eb20e91e53000000",
    ],
  ])("cuts out the middle of %s", (_, image, framing, expected) => {
    expect(hex(frameWithPillow(image, framing, "bicubic"))).toBe(expected);
  });

  it("takes the middle of a picture resized to a size", () => {
    const framing = { kind: "center-crop", size: 3, resize: { width: 5, height: 4 } } as const;
    const whole = resample(picture(11, 9), framing.resize, "bilinear");
    const middle = [0, 1, 2].flatMap((row) => [...whole.data.subarray(15 * row + 3, 15 * row + 12)]);
    expect([...frameWithPillow(picture(11, 9), framing, "bilinear").data]).toEqual(middle);
  });

  it("cuts a line of a million pixels without making all of the enlarged picture", () => {
    const line = { width: 1_000_000, height: 1, data: new Uint8Array(3_000_000).fill(7) };
    const { width, height, data } = frameWithPillow(line, center(32, 32), "bicubic");
    expect([width, height, new Set(data)]).toEqual([32, 32, new Set([7])]);
  });
});
