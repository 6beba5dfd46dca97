#!/usr/bin/env node
/** The `varve` command. */
import { rootCommand } from './commands.ts';
import { processIo } from './process-io.ts';
import { runCli } from './run.ts';

process.exitCode = await runCli(rootCommand, process.argv.slice(2), processIo());
