import { toFlag } from "./options.js";

const OUT = "--out names the folder";

/**
 * Which options an error of the library is about: the library knows no command line. Where commands have different ones,
 * a sentence for each.
 */
export const HINTS: Readonly<Record<string, string | readonly string[]>> = {
  "not-a-run": OUT,
  "other-run": OUT,
  "missing-data": "--data names the folder",
  "changed-data": ["--data names the folder", OUT],
  "not-a-shard": "--shard makes such runs",
  "no-other-picture": "--swap-images asks for it, --modality says what is shown",
  "endpoint-refused": "--endpoint and --model",
  "endpoint-certificate": "--ca names the file",
  "missing-references": "--skip-missing-references leaves them out",
  "missing-predictions": "--allow-missing scores the rest",
  "no-picture": "--modality says what is shown",
  "missing-pictures": [
    "--skip-missing-pictures leaves them out, --modality says what is shown",
    "--skip-missing-pictures leaves them out, --pictures names their folder",
    "--images names their folder, --metrics chooses others, --skip-missing-pictures leaves these examples out",
    "--images names their folder, --metrics chooses others",
  ],
  "no-clip": "--clip names it",
  "only-graphs": "--transformers takes it",
  "no-graphs": "--checkpoint takes folders of weights",
  "not-downloaded": "--allow-download lets the library fetch it",
  "ambiguous-split": "--split names it",
  "missing-split": "--split names another",
  "ambiguous-columns": "--columns names them",
  "ambiguous-list": "--field names it, such as --field data.predictions",
  "unknown-server": "--server names it",
  "bad-file-name": "--out",
  "no-such-field": "--field names it",
  "unknown-baseline": "--baseline names it",
  "unknown-run": "--try names it",
  "not-a-page": "--try names it",
  "unknown-slicing": "--slice-by, --slices names the table",
  "no-slices": "--slice-by, --slices names the table",
  "twice-sliced": "--slice-by and --slices",
  "no-domains": "--by-domain and --df per-domain ask for it",
  "unknown-example": "--example names it",
  "no-explanation": "--metrics chooses others",
  "unknown-metric": "--metrics; --plugin names a module that defines others",
  "other-metric": "--metrics names it",
  "no-meteor-data": "--metrics chooses others",
  "spice-failed": "--spice heap=…,seconds=… allows more",
  "no-paraphrases": "--without-paraphrases installs the rest",
  "missing-metric": "--plugin names the module that defines it",
  "unknown-task": "--plugin names a module that defines others",
  "unknown-family": [
    "--plugin names a module that defines others, --transformers takes ONNX folders",
    "--plugin names a module that defines others",
  ],
  "no-examples": ["--data, --split and --limit say which", "--pairs-from and --documents-from name the folders"],
  "too-many-faults": "--max-fault-rate allows more",
  "not-finite": "--learning-rate",
  "not-storable": "--dtype",
  "cannot-listen": "--port names it",
  "other-recipe": OUT,
  "no-question": "--prompt asks it",
  "export-differs": "--provider names what computes",
};

/** An error's message with the options that it is about, as far as the command has them. @param known the command's options */
export function withHint(code: string, message: string, known: readonly string[]): string {
  const hints = [HINTS[code] ?? []].flat();
  // Not every such error is about the folder that is written.
  const fits = (hint: string) => hint !== OUT || message.includes("another folder");
  const hint = hints.find((each) => fits(each) && optionsIn(each).every((option) => known.includes(option)));
  const said = [...nameOptions(message, known), ...(hint === undefined ? [] : [hint])];
  return said.length === 0 ? message : `${message} (${said.join("; ")})`;
}

/** `maxLength is --max-length`, for what a message calls as programs do. */
function nameOptions(message: string, known: readonly string[]): string[] {
  return [...new Set(message.match(/\b[a-z]+(?:[A-Z][a-z]+)+\b/g))].flatMap((name) => {
    const option = toFlag(name);
    return known.includes(option) && !message.includes(option) ? [`${name} is ${option}`] : [];
  });
}

/** The options that a text names. */
export function optionsIn(text: string): string[] {
  return [...text.matchAll(/(?<![\w-])--[a-z][a-z-]*[a-z]/g)].map(([option]) => option);
}
