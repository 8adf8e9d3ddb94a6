import { type CompareOptions, compareRuns, readSliceTable, type SliceRequest } from "../../harness/index.js";
import { Scratch } from "../harness/cli/run-cli.js";
import { CAPTIONS, idOf, makeRun, writeCaptionData } from "../harness/compare/runs.js";
import { type Advice, advice } from "./advice.js";

const scratch = new Scratch();
let made: Promise<string[]> | undefined;

/** Two runs of a few captions, made once. */
function runs(): Promise<string[]> {
  made ??= (async () => {
    writeCaptionData(scratch);
    const say = (_: string, place: number) => CAPTIONS[place];
    return [await makeRun(scratch, "one", say), await makeRun(scratch, "two", say)];
  })();
  return made;
}

const compare = async (options: CompareOptions) => compareRuns(await runs(), { resamples: 3, ...options });
const ofTable = (text: string) => async (): Promise<SliceRequest> => ({
  tables: [await readSliceTable(scratch.write("some.csv", text))],
});
const by = (what: string) => async (): Promise<SliceRequest> => ({ by: [what] });

/** Slices that cannot be made, and those that are to be asked for. */
const sliced = (says: string, wrong: () => Promise<SliceRequest>, right: () => Promise<SliceRequest>): Advice =>
  advice(
    says,
    async () => compare({ slices: await wrong() }),
    async () => compare({ slices: await right() }),
  );

/** Runs of more pictures than there may be slices, and a column with a value for each. */
async function compareMany(tell: (place: number) => string) {
  const many = new Scratch();
  const captions = Array.from({ length: 51 }, (_, place) => `picture ${place}`);
  writeCaptionData(many, { captions });
  const folders = [await makeRun(many, "one", () => "a dog"), await makeRun(many, "two", () => "a cat")];
  const rows = captions.map((_, place) => `${idOf(place)},${tell(place)}\n`);
  const table = await readSliceTable(many.write("some.csv", `id,text\n${rows.join("")}`));
  await compareRuns(folders, { resamples: 3, slices: { tables: [table] } });
}

export const SLICES = [
  sliced(
    "…: more than one row with id …. Keep one for each.",
    ofTable("id,sky\n101,blue\n101,grey\n"),
    ofTable("id,sky\n101,blue\n"),
  ),
  sliced(
    "…: more than one row is of example …, written in several ways. Keep one for each.",
    ofTable("id,sky\n101,blue\n0101,grey\n"),
    ofTable("id,sky\n0101,grey\n"),
  ),
  sliced(
    "…: none of its ids (…) is one of the data; theirs are …. Check that both are of the same split.",
    ofTable("id,sky\n1,blue\n"),
    ofTable("id,sky\n101,blue\n"),
  ),
  sliced(
    "Examples are sliced by … twice. Leave one of the two out.",
    async () => ({ by: ["domain"], ...(await ofTable("id,domain\n101,blue\n")()) }),
    by("domain"),
  ),
  sliced(
    "These examples cannot be sliced by …. Choose one of …, or give a table of ids with a column for it.",
    by("sky"),
    ofTable("id,sky\n101,blue\n"),
  ),
  sliced(
    "There is nothing to slice by …: no example has …. Give a table of ids with a column for it.",
    by("objects"),
    ofTable("id,objects\n101,3\n"),
  ),
  sliced(
    "…: behind the colon stand bounds in ascending order, such as 8,12. Write them so, or leave them out for quartiles.",
    by("caption-length:8,4"),
    async () => ({ by: ["caption-length:4,8", "caption-length"] }),
  ),
  sliced("…: write the word behind a colon, such as word:dog.", by("word"), by("word:dog")),
  sliced("There is nothing to slice by …: no reference has it. Name another word.", by("word:zebra"), by("word:dog")),
  advice(
    "Remove the column, or put its values into groups.",
    () => compareMany((place) => `picture ${place}`),
    () => compareMany((place) => (place < 20 ? "early" : "late")),
  ),
  advice(
    "… called …. Name … by its folder: ….",
    () => compare({ baseline: "three" }),
    async () => compare({ baseline: (await runs())[1]! }),
  ),
];
