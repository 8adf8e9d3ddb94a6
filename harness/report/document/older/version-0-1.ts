import { escapeHtml } from "../../html.js";
import type { ReportData } from "../data.js";
import type { OlderVersion, Rewording } from "./older-version.js";

/** Version 0.1.0. Its attention explorers cannot be drawn again: they did not keep all that they were drawn from. */
export const VERSION_0_1: OlderVersion = {
  code: {
    "9a6087eecf1c0b1ab9a8591fb39daf3bb89ef7908331382287823d717d108fc4": ["plot", "css"],
    ecebadff8e17a4fafb300f7e54a535b3aecd9cf7f0caab81d20107a691e34e27: ["plot", "js"],
    "97970dcd750daf80b79344c3a6ebb9c83335850d85ade84f7558aca1c4fc65fc": ["table", "css"],
    c741bba3c4706f5b6926da185f0792e23b27ab64c3cf71f9dd794ff1ae093b49: ["table", "js"],
  },
  explorer: [
    "c373bfbc62a511aab8d1d7f132d42a1149fe74fb8d015ef229ecd73e684883f1",
    "7fa7781cf2950cc9c204f07ca5a68d8918d5c06123f45dd79eb2e46eaba49fd4",
  ],
  hasUnroundedGroups: true,
  page: rewordPage,
  sentences: [
    [
      "The paper's figures are its own, measured on data other than these runs': they give an order of magnitude, not a comparison.",
      "The paper's figures are its own, measured on other data than the runs': they show an order of magnitude and are no comparison.",
    ],
    [
      "because the captions are in a different style, which is neither the model's fault nor the scoring's.",
      "because the style of the captions differs, which is no fault of the model or of the scoring.",
    ],
    [
      "Made from the first examples only, not comparable with complete runs: ",
      "Made with --limit, not comparable with whole runs: ",
    ],
    ["Shown pictures other than the examples' own: ", "Shown other pictures than the examples' own: "],
    ["There is no text to score against.", "There is no text to score the completions against."],
    [
      "Each p-value belongs to one test by itself: among many tests, one in twenty falls below 0.05 by chance.",
      "A p-value is that of one test by itself: among many, one in twenty falls below 0.05 by chance.",
    ],
    ["is the median", "is the middle one of all"],
    [
      "Not shown, because they are missing or cannot be read: ",
      "Not shown, because they are not there or cannot be read: ",
    ],
  ],
};

function rewordPage({ comparison }: ReportData): Rewording[] {
  const first = escapeHtml(comparison.runs[0]!.label);
  const json = (text: string) => JSON.stringify(text).replaceAll("<", "\\u003c");
  const label = comparison.runs[0]!.label;
  return [
    [
      "it opens offline and loads nothing from anywhere.\n<code>simvlm verify</code> scores again what it embeds; " +
        "<code>simvlm diff</code> says how it differs from another report.</p>",
      "it opens offline and asks nobody for anything.\n<code>simvlm verify</code> scores what it embeds once more, " +
        "<code>simvlm diff</code> says how it differs from another.</p>",
    ],
    [
      `, Δ is the difference from ${first} with its interval and p-value (bootstrap).</p>`,
      `, Δ is the difference to ${first} with its interval and p-value (bootstrap).</p>`,
    ],
    ['<th class="category">group</th>', '<th class="category">examples of</th>'],
    ['{"title":"group",', '{"title":"examples of",'],
    ['"key":"group","kind":"category"}', '"key":"examples of","kind":"category"}'],
    [`<h4>Differences from ${first}</h4>`, `<h4>Differences to ${first}</h4>`],
    [`"title":${json(`Differences from ${label}`)}`, `"title":${json(`Differences to ${label}`)}`],
    [
      "Facts are read back from the captions. Precision: how much of what is said is right. Recall: how much of what is there is said rightly. An exact caption names all kinds of things and says nothing wrong.</p>",
      "Facts read back from the captions: precision is right of said, recall right of present; an exact caption names all kinds and says nothing wrong.</p>",
    ],
    [` title="The run compared with ${first}">`, ` title="Of the run, beside ${first}">`],
    [`"hint":${json(`The run compared with ${label}`)}`, `"hint":${json(`Of the run, beside ${label}`)}`],
    ...comparison.winsAndLosses.map(({ run, against, score, counts: { wins, losses, ties } }): Rewording => {
      const [one, other, by] = [run, against, score].map(escapeHtml);
      return [
        `${one} against ${other}, by ${by}: better on ${wins} ${wins === 1 ? "example" : "examples"}, worse on ${losses}, equal on ${ties};`,
        `${one} beside ${other} by ${by}: better in ${wins} examples, worse in ${losses}, equal in ${ties};`,
      ];
    }),
    ['<th class="category">compared with</th>', '<th class="category">not those of</th>'],
    ['"title":"compared with"', '"title":"not those of"'],
    ['"key":"compared with"', '"key":"not those of"'],
    [", untrained, so its words are noise</td>", ", untrained: its words are noise</td>"],
    [
      '<p class="remark">The manifests, the predictions, the data files and every number above are in this file as JSON',
      '<p class="remark">These, the predictions, the data files and every number above stand in this file as JSON',
    ],
  ];
}
