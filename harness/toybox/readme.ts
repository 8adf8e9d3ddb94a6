import { DATA_SETS, type DataSet } from "./sizes.js";

/** What lies where, for each data set. SPLIT is train, val or test. */
const CONTENTS: Record<DataSet, string> = {
  captions: `## captions/ (COCO captions)
- \`SPLIT.json\`: images and five English references each; the twelve in-domain kinds only
- \`SPLIT-de.json\`: the same images with German references
- \`SPLIT-facts.jsonl\`: what is to be seen in each image, for fact accuracy
- \`instances-SPLIT.json\`: the things in each image in the form of COCO's instances, for CHAIR
- \`images/SPLIT/COCO_SPLIT_000000000001.jpg\``,
  nocaps: `## nocaps/ (NoCaps captions; val and test)
- \`SPLIT.json\`: images with a domain and ten English references each; all kinds
- \`SPLIT-de.json\`, \`SPLIT-facts.jsonl\`, \`instances-SPLIT.json\`: as in captions/
- \`images/SPLIT/0123456789abcdef.jpg\`: the Open Images id`,
  vqa: `## vqa/ (VQA v2)
- \`questions-SPLIT.json\`, \`annotations-SPLIT.json\`: three questions per image, ten answers each
- SPLIT may also be \`test-held-out\`: questions whose answers no training question has
- \`answers.json\`: the classes of a classifier
- \`images/SPLIT/COCO_SPLIT_000000000001.jpg\``,
  nlvr2: `## nlvr2/ (NLVR2 JSON lines)
- \`SPLIT.jsonl\`: identifier, sentence, label
- \`images/SPLIT/SPLIT-SET-PAIR-img0.png\`, \`-img1.png\``,
  "snli-ve": `## snli-ve/ (SNLI-VE JSON lines)
- \`SPLIT.jsonl\`: sentence1 is the premise as text, sentence2 the hypothesis
- \`images/SPLIT/ID.jpg\`: the premise as an image`,
  multi30k: `## multi30k/ (Multi30k)
- \`SPLIT.en\`, \`SPLIT.de\`, \`SPLIT.images\`: lines that belong together
- \`text-train.en\`, \`text-train.de\`: more lines, without images
- \`images/SPLIT/1.jpg\``,
  web: `## web/ (image-text pairs, the ALIGN analogue; train and val)
- \`SPLIT-00000.tar\` …: WebDataset shards with \`KEY.jpg\`, \`KEY.txt\` and \`KEY.json\`; the last also says in which style the
  text is written and whether it is noise`,
  text: `## text/ (web text, the C4 analogue; train and val)
- \`SPLIT-00000.json.gz\` …: JSON lines with \`text\``,
};

/** The README of a Toybox with these data sets. */
export function describeFolder(only: readonly DataSet[] = DATA_SETS): string {
  return `# Toybox

A miniature world, drawn and described by simvlm. \`toybox.json\` says with which seed and options; with these, the same bytes
come out again. Every scene belongs to one split, in all data sets and whatever the seed: a test set shares no scene with any
training set. Images of a split lie in \`images/SPLIT\`.

${only.map((dataSet) => CONTENTS[dataSet]).join("\n\n")}
`;
}
