import { createRequire } from "node:module";
import { SimvlmError } from "@simvlm/metrics";
import { expect, test } from "vitest";
import { missingPackage, requirePackage, withPackages } from "../../harness/optional-packages.js";

const { optionalDependencies, dependencies } = createRequire(import.meta.url)("simvlm/package.json") as Record<
  "optionalDependencies" | "dependencies",
  Readonly<Record<string, string>>
>;

/** As Node says that a package is not there, to an `import` and to a `require`. */
const errorsFor = (path: string): Error[] => [
  Object.assign(new Error(`Cannot find package '${path}' imported from /a/b.js`), { code: "ERR_MODULE_NOT_FOUND" }),
  Object.assign(new Error(`Cannot find module '${path}'\nRequire stack:\n- /a/b.js`), { code: "MODULE_NOT_FOUND" }),
];

test.each([...Object.keys(optionalDependencies), "@huggingface/transformers"])(
  "%s is asked for by name when it is missing",
  (name) => {
    for (const error of [...errorsFor(name), ...errorsFor(`${name}/dist/part.js`)]) {
      const missing = missingPackage(error);
      expect(missing).toBeInstanceOf(SimvlmError);
      expect(missing).toMatchObject({ code: "missing-package", cause: error });
      expect(missing?.message).toContain("npm install --ignore-scripts");
      expect(missing?.message).not.toContain("undefined");
    }
  },
);

test("what is no optional package is none of it", () => {
  for (const name of [...Object.keys(dependencies), "somebodys-package", "sharper", "./sharp"]) {
    for (const error of errorsFor(name)) expect(missingPackage(error), name).toBeUndefined();
  }
  for (const error of [new Error("Cannot find module 'sharp'"), undefined, null, "sharp", { code: "ENOENT" }]) {
    expect(missingPackage(error)).toBeUndefined();
  }
});

test("what is there is loaded, and other errors stay as they are", async () => {
  expect(requirePackage<{ versions: object }>("sharp").versions).toBeTypeOf("object");
  const error = new Error("something else");
  await expect(withPackages(Promise.reject(error))).rejects.toBe(error);
  await expect(withPackages(Promise.reject(errorsFor("sharp")[0]))).rejects.toMatchObject({ code: "missing-package" });
});
