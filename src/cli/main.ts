#!/usr/bin/env node
/** The `varve` command. */
import * as nodeModule from 'node:module';
import { rootCommand } from './commands.ts';
import { processIo } from './process-io.ts';
import { runCli } from './run.ts';

// Compiled code is kept between runs by the Nodes that can (22.8); before the command is loaded.
(nodeModule as { enableCompileCache?: () => unknown }).enableCompileCache?.();
process.exitCode = await runCli(rootCommand, process.argv.slice(2), processIo());
