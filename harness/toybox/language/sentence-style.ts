/** The text with its first letter as a capital. */
export const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The text with a capital at its beginning and a full stop at its end. */
export const toSentence = (text: string): string => `${capitalize(text)}.`;

/** The text with a capital at the beginning of every word. */
export const toTitle = (text: string): string => text.split(" ").map(capitalize).join(" ");
