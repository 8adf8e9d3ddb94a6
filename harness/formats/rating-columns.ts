import { SimvlmError } from "@simvlm/metrics";
import { listNames, normalizeName } from "./results/fields.js";
import { PICTURE_FIELDS } from "./row-fields.js";

/** The columns of a picture, a caption and the ratings of it, where they are named. */
export type RatingColumns = readonly [image: string, caption: string, ...ratings: string[]];

/** Which columns hold what. */
export type RatingLayout = {
  readonly image: string;
  /** Of the picture, where the file has them; they may be in several columns. */
  readonly references: readonly string[];
} & (
  | { readonly caption: string; readonly ratings: readonly string[] }
  | { readonly captions: readonly [string, string]; readonly preferred: string }
);

const IMAGES = ["image_id", "cocoid", ...PICTURE_FIELDS, "img_id", "id"];
const CAPTIONS = ["caption", "candidate", "hypothesis", "prediction", "text", "sentence", "description"];
const PAIRS = [
  ["caption_a", "caption_b"],
  ["caption1", "caption2"],
  ["candidate_a", "candidate_b"],
  ["candidate1", "candidate2"],
  ["a", "b"],
] as const;
const PREFERENCES = ["preferred", "preference", "better", "best", "winner", "choice", "chosen", "label"];
const REFERENCES = ["references", "reference", "refs", "ref", "gts", "ground_truth", "ground_truths"];
const PERSON = "human|expert|rater|annotator|worker|judge|people|mean|average|avg|overall";
/** Without the number that tells people apart. */
const RATING = new RegExp(
  `^(?:(?:${PERSON})s?)?(?:rating|score|judge?ment|likert|grade)s?$|^(?:human|expert|rater|annotator|worker|judge)s?$`,
);

/**
 * Finds the columns of ratings by their names, in whatever case, with or without underscores.
 * @throws SimvlmError `ambiguous-columns` with the names there are, where one is missing or two could be meant
 */
export function layRatings(names: readonly string[], path: string, columns?: RatingColumns): RatingLayout {
  const find = (wanted: readonly string[]) => {
    const name = wanted.map(normalizeName).find((one) => names.some((own) => normalizeName(own) === one));
    return names.find((own) => normalizeName(own) === name);
  };
  const families = (wanted: (family: string) => boolean) => {
    const found = new Map<string, string[]>();
    for (const name of names) {
      const family = normalizeName(name).replace(/\d+$/, "");
      if (wanted(family)) found.set(family, [...(found.get(family) ?? []), name]);
    }
    return found;
  };
  const references = [...families((family) => REFERENCES.map(normalizeName).includes(family)).values()].flat();
  if (columns) {
    const missing = columns.find((name) => !names.includes(name));
    if (missing !== undefined) throw lacking(path, `no column ${missing}`, names);
    const [image, caption, ...ratings] = columns;
    return { image, caption, ratings, references: references.filter((name) => !columns.includes(name)) };
  }
  const image = find(IMAGES);
  if (image === undefined)
    throw lacking(path, `no column for the picture (${IMAGES.slice(0, 4).join(", ")}, …)`, names);
  const preferred = find(PREFERENCES);
  const pair = PAIRS.map((two) => two.map((name) => find([name]))).find((two) =>
    two.every((name) => name !== undefined),
  );
  if (pair && preferred !== undefined) return { image, captions: pair as [string, string], preferred, references };
  const caption = find(CAPTIONS);
  if (caption === undefined) throw lacking(path, `no column for the caption (${CAPTIONS.join(", ")})`, names);
  const found = [...families((family) => RATING.test(family)).values()];
  const [ratings, other] = found;
  if (ratings === undefined) throw lacking(path, "no column for the rating (rating, rating1, expert1, …)", names);
  if (other === undefined) return { image, caption, ratings, references };
  throw new SimvlmError(
    "ambiguous-columns",
    `${path}: ${[ratings[0], other[0]].join(" and ")} could each be the ratings. Say which columns hold the picture, the caption and the ratings.`,
  );
}

function lacking(path: string, what: string, names: readonly string[]): SimvlmError {
  return new SimvlmError(
    "ambiguous-columns",
    `${path}: ${what}; found ${listNames(names)}. Say which columns hold the picture, the caption and the ratings.`,
  );
}
