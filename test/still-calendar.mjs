/* Loaded before a command: the calendar stands still, so that what two processes write can be compared byte for byte. */
const NOON = Date.UTC(2026, 0, 1, 12);
globalThis.Date = class extends Date {
  constructor(...parts) {
    if (parts.length === 0) super(NOON);
    else super(...parts);
  }
  static now() {
    return NOON;
  }
};
