/** A grey JPEG of 8 × 8 pixels, without the marker that it begins with. */
const REST = Buffer.from(
  "/9sAQwAQCwwODAoQDg0OEhEQExgoGhgWFhgxIyUdKDozPTw5Mzg3QEhcTkBEV0U3OFBtUVdfYmdoZz5NcXlwZHhcZWdj/8AA" +
    "CwgACAAIAQERAP/EABQAAQAAAAAAAAAAAAAAAAAAAAP/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oACAEBAAA/AEf/2Q==",
  "base64",
);
/** Start of the image, and a comment of four bytes. */
const START = Buffer.from([0xff, 0xd8, 0xff, 0xfe, 0, 6]);

/** A whole JPEG of 149 bytes, unlike those of other numbers. */
export function tinyJpeg(number = 0): Buffer {
  const comment = Buffer.alloc(4);
  comment.writeUInt32BE(number);
  return Buffer.concat([START, comment, REST]);
}

/** The number of a {@link tinyJpeg}. */
export function numberOf(jpeg: Buffer): number {
  return jpeg.readUInt32BE(START.length);
}
