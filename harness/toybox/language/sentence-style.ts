/** First letter as a capital, the rest as it is. */
export const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** As people write whole sentences. */
export const toSentence = (text: string): string => `${capitalize(text)}.`;

export const toTitle = (text: string): string => text.split(" ").map(capitalize).join(" ");
