export const ptbTokenize = (t: string): string[] => t.toLowerCase().split(" ");
