/* Loaded before a command with `node --import`: what it measures takes no time, and its calendar stands still. */
import "../still-calendar.mjs";

performance.now = () => 0;
