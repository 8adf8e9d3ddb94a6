import { type Html, html } from "../../html.js";
import type { ReportData } from "../data.js";
import { plainTable } from "../plain-table.js";

const DECIMALS = 4;

export function showScores({ comparison: { scores } }: ReportData): Html {
  const rows = scores.map(({ run, subset, examples, score, value, low, high }) => ({
    cells: [run, subset, `${examples}`, score, `${round(value)} [${round(low)}, ${round(high)}]`],
  }));
  return plainTable({ head: ["run", "examples of", "examples", "score", "value"], rows });
}

const round = (value: number): string => value.toFixed(DECIMALS);

/** Of one run alone: what it does best and worst on. */
export function showExtremes({ extremes, pictures, examples }: ReportData): Html {
  const rows = extremes.map(({ id, images, asked = "", reference = "", prediction, value }) => ({
    cells: [id, thumbnails(images, pictures), asked, prediction, reference, round(value)],
  }));
  return plainTable({ head: ["example", "", "asked", "prediction", "a right answer", examples?.score ?? ""], rows });
}

function thumbnails(images: readonly string[], pictures: ReportData["pictures"]): Html {
  const found = images.flatMap((image) => (pictures[image] === undefined ? [] : [[image, pictures[image]] as const]));
  return html`${found.map(([image, address]) => html`<img src="${address}" alt="${image}">`)}`;
}

/** What captions say of Toybox scenes: how much of it is right. */
export function showFacts({ comparison: { facts } }: ReportData): Html {
  const rows = (facts?.scores ?? []).map(({ run, fact, score, subset, value, low, high }) => ({
    cells: [run, subset, fact, score, `${round(value)} [${round(low)}, ${round(high)}]`],
  }));
  return plainTable({ head: ["run", "examples of", "fact", "score", "value"], rows });
}

/** Completions that are not those of the first run. */
export function showChanges({ comparison: { changes = [] } }: ReportData): Html {
  const rows = changes.map(({ run, against, differing, examples, share, low, high }) => ({
    cells: [run, against, `${differing} of ${examples}`, `${round(share)} [${round(low)}, ${round(high)}]`],
  }));
  return plainTable({ head: ["completions", "not those of", "differ", "share"], rows });
}
