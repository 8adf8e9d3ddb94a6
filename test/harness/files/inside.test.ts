import { join } from "node:path";
import { expect, test } from "vitest";
import { fileInside } from "../../../harness/files/inside.js";

test("a name is looked up below the root", () => {
  expect(fileInside("images", "a.jpg", "x")).toBe(join("images", "a.jpg"));
  expect(fileInside("images", "sub/..a.jpg", "x")).toBe(join("images", "sub", "..a.jpg"));
  expect(fileInside(undefined, "sub/a.jpg", "x")).toBe("sub/a.jpg");
});

test.each([
  "",
  "../a.jpg",
  "sub/../../a.jpg",
  "..",
  "/etc/a.jpg",
  "\\a.jpg",
  "..\\a.jpg",
  "C:\\a.jpg",
  "c:a.jpg",
  "a\0.jpg",
])("%j is refused", (name) => {
  const error = expect.objectContaining({
    code: "unsafe-path",
    message: expect.stringContaining(`coco.json: images[3]: the file name ${JSON.stringify(name)}`),
  });
  expect(() => fileInside("images", name, "coco.json: images[3]")).toThrow(error);
  expect(() => fileInside(undefined, name, "coco.json: images[3]")).toThrow(error);
});
