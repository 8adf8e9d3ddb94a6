#!/usr/bin/env node
import { runCommandLine } from "../dist/cli/main.js";
import { surviveClosedStreams } from "../dist/terminal/streams.js";

surviveClosedStreams();
runCommandLine(process.argv.slice(2));
