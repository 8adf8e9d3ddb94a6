#!/usr/bin/env node
import { runCommandLine } from "../dist/cli/main.js";

// `simvlm … | head` closes the pipe early; that is not an error
process.stdout.on("error", (error) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

runCommandLine(process.argv.slice(2));
