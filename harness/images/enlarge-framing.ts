import type { StillFraming } from "./framing.js";
import type { StillPillowFraming } from "./pillow-frame.js";

/** Pixels of a side that a picture is shown with, at least where it is cropped. */
export const SHOWN_SIDE = 448;

/** The same part of a picture, at a multiple of the model's size that a person can look at. */
export function enlargeFraming<Framing extends StillFraming | StillPillowFraming>(framing: Framing): Framing {
  const times = Math.max(1, Math.floor(SHOWN_SIDE / framing.size));
  const size = times * framing.size;
  if (!("resize" in framing)) return { ...framing, size };
  const { resize } = framing;
  if (resize === "none") return framing;
  const resized =
    "width" in resize
      ? { width: times * resize.width, height: times * resize.height }
      : { shorterSide: times * resize.shorterSide };
  return { ...framing, size, resize: resized };
}
