/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Pixels in 8-bit sRGB. */
export interface RgbImage extends Size {
  /** [height, width, 3] */
  readonly data: Uint8Array;
}
