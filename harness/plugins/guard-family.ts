import { z } from "zod";
import { Callable, checkReturned, inherit } from "../files/plugin-values.js";
import { PREPROCESSINGS } from "../images/preparation.js";
import type { FamilyDefinition } from "../models/family.js";

const Size = z.int().positive();
const Count = z.int().nonnegative();
const AnObject = z.looseObject({});

const Model = z
  .looseObject({
    source: z.string(),
    trained: z.boolean(),
    description: AnObject,
    tokenizer: z.looseObject({
      vocabSize: Size,
      padId: Count,
      startId: Count,
      endId: Count,
      unknownId: Count,
      encode: Callable,
      decode: Callable,
      pieces: Callable,
      words: Callable,
    }),
    preparation: z.looseObject({
      framing: z.looseObject({ kind: z.enum(["stretch", "center-crop"]), size: Size }),
      preprocessing: z.enum(PREPROCESSINGS).optional(),
    }),
    prompting: z.looseObject({
      place: z.enum(["encoder", "decoder"]),
      usual: z.record(z.string(), z.string()),
      longest: Count,
      required: z.boolean().optional(),
    }),
    longestText: Size,
    toBatch: Callable,
    needsPicture: z.boolean().optional(),
    usualBatch: Size.optional(),
    decoding: AnObject.optional(),
    suppress: z.array(Count).optional(),
    createDecoder: Callable,
    head: z.looseObject({ classes: Size, passes: z.union([z.literal(1), z.literal(2)], "expected 1 or 2") }).optional(),
    createClassifier: Callable.optional(),
    attention: z.looseObject({ layers: Size, heads: Size, record: Callable }).optional(),
    inEightBits: Callable.optional(),
    trainable: AnObject.optional(),
    check: Callable.optional(),
    export: Callable.optional(),
  })
  .refine(({ head, createClassifier }) => !head || createClassifier !== undefined, {
    path: ["createClassifier"],
    message: "expected a function, since there is a head",
  });

const guarded = new WeakMap<FamilyDefinition, FamilyDefinition>();

/** A plug-in's family, whose models are checked when they are opened; the same for the same family. */
export function guardFamily(family: FamilyDefinition): FamilyDefinition {
  const known = guarded.get(family);
  if (known) return known;
  const what = `The family ${family.name}: open`;
  const guard = inherit(family, { open: async (folder) => checkReturned(Model, await family.open(folder), what) });
  guarded.set(family, guard);
  return guard;
}
