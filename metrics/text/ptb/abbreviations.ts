// Abbreviations keep their dot. Case does not matter, except for letters in [brackets]: those words are too common
// without the capital ("in the wash.").

const MONTHS = "jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec";

const DAYS = "mon|tue|tues|wed|thu|thurs|fri";

const STATES =
  "ala|ariz|[A]z|[A]rk|calif|colo|conn|ct|dak|[D]el|fla|ga|[I]ll|ind|kans?|ky|[L]a|[M]ass|md|mich|minn|[M]iss|mo|mont|" +
  "neb|nev|okla|[O]re|[P]a|penn|tenn|[T]ex|va|vt|[W]ash|wis|wisc|wyo";

const COMPANIES = "inc|cos?|corp|p?pt[ey]s?|ltd|plc|bhd|bros|assn|intl|sys";

const AFTER_NAMES = "jr|sr|ed\\.d|ph\\.d|esq";

/** They can end a sentence. */
export const CLOSING_ABBREVIATIONS = [
  MONTHS,
  DAYS,
  STATES,
  COMPANIES,
  AFTER_NAMES,
  "etc|ext|al|seq|est|univ|bldg|blvd|rd|rt|sq|tel",
].join("|");

/** Something always follows them, so they never end a sentence. */
export const LEADING_ABBREVIATIONS =
  "mr|mrs|ms|mme|mlle|messrs|drs?|profs?|sens?|reps?|attys?|lt|lieut|col|maj|sgt|cpl|pvt|pfc|spc|sfc|capt|adm|" +
  "gen|govs?|brig|cmdr|comdr|ens|insp|msgr|rev|hon|pres|supts?|treas|" +
  "st|ste|ave|mt|ft|vs|natl|asst|assoc|dept|det|elec|invt|m[ft]g|adj|adv|cf|cie|ph|alex|jos|wm";

/** They are abbreviations only before a number. */
export const NUMBER_ABBREVIATIONS = "no|nos|fig|figs|art|ca|op|prop|pp";

/** Words that, written with a capital after an acronym, show that a sentence ended there. */
export const SENTENCE_STARTS =
  "[A]|[A]bout|[A]ccording|[A]dditionally|[A]fter|[A]n|[A]s|[A]t|[B]ut|[E]arlier|[H]e|[H]er|[H]ere|[H]owever|[I]f|[I]n|[I]t|" +
  "[L]ast|[M]any|[M]ore|[M]r\\.|[M]s\\.|[N]ow|[O]nce|[O]ne|[O]ther|[O]ur|[S]he|[S]ince|[S]o|[S]ome|[S]uch|[T]hat|[T]he|[T]heir|[T]hen|" +
  "[T]here|[T]hese|[T]hey|[T]his|[W]e|[W]hat|[W]hen|[W]hile|[Y]et|[Y]ou";
