import type { Sharp, SharpInput, SharpOptions } from "sharp";
import { requirePackage } from "../optional-packages.js";

type Create = (...given: readonly (SharpInput | SharpInput[] | SharpOptions | undefined)[]) => Sharp;

/** As sharp's own, which is loaded with the first picture. @throws SimvlmError `missing-package` */
export function sharp(
  ...given: [options?: SharpOptions] | [input: SharpInput | SharpInput[], options?: SharpOptions]
): Sharp {
  return requirePackage<Create>("sharp")(...given);
}
