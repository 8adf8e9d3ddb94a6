// Abbreviations keep their dot. Case does not matter, except for letters in [brackets]: those words are too common
// without the capital ("in the wash.").

const MONTHS = "jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec";

const DAYS = "mon|tue|tues|wed|thu|thurs|fri";

const STATES =
  "ala|ariz|[A]z|[A]rk|calif|colo|conn|dak|[D]el|fla|ga|[I]ll|ind|kans?|ky|[L]a|[M]ass|md|mich|minn|[M]iss|mo|mont|" +
  "neb|nev|okla|[O]re|[P]a|penn|tenn|[T]ex|va|vt|[W]ash|wis|wisc|wyo";

const COMPANIES = "inc|cos?|corp|pty|ltd|plc|bros|assn|intl";

const AFTER_NAMES = "jr|sr|ed\\.d|ph\\.d|esq";

/** They can end a sentence. */
export const CLOSING_ABBREVIATIONS = [
  MONTHS,
  DAYS,
  STATES,
  COMPANIES,
  AFTER_NAMES,
  "etc|al|seq|est|univ|dept|bldg|blvd|rd",
].join("|");

/** Something always follows them, so they never end a sentence. */
export const LEADING_ABBREVIATIONS =
  "mr|mrs|ms|messrs|drs?|profs?|sens?|reps?|govs?|gen|lt|col|maj|sgt|cpl|pvt|capt|adm|cmdr|brig|rev|hon|pres|supt|" +
  "st|ste|ave|mt|ft|vs|alt|natl|mfg|asst|assoc";

/** They are abbreviations only before a number. */
export const NUMBER_ABBREVIATIONS = "no|nos|fig|figs|art|arts|prop|p|pp";

/** Words that, written with a capital after an acronym, show that a sentence ended there. */
export const SENTENCE_STARTS =
  "[A]|[A]n|[A]fter|[A]ll|[A]lso|[A]lthough|[A]nd|[A]s|[A]t|[B]ut|[H]e|[H]er|[H]ere|[H]owever|[I]f|[I]n|[I]t|[N]ow|[O]ne|[O]ur|" +
  "[S]he|[S]ince|[S]o|[S]ome|[S]uch|[T]hat|[T]he|[T]heir|[T]hen|[T]here|[T]hese|[T]hey|[T]his|[W]e|[W]hat|[W]hen|" +
  "[W]hile|[Y]et|[Y]ou";
