#!/usr/bin/env node
/** The `varve` command. */
import type { CommandGroup } from './command.ts';
import { inspectCommand } from './inspect.ts';
import { appendCommand } from './log/append.ts';
import { catCommand, tailCommand } from './log/cat.ts';
import { dumpCommand } from './log/dump.ts';
import { compactCommand, offsetsCommand, truncateCommand } from './log/manage.ts';
import { reindexCommand, repairCommand } from './log/repair.ts';
import { verifyCommand } from './log/verify.ts';
import { processIo } from './process-io.ts';
import { quickstartCommand } from './quickstart.ts';
import { runCli } from './run.ts';

const root: CommandGroup = {
  name: 'varve',
  summary: "varve: the big-data world's storage cores in one process, in the Apache formats.",
  commands: [
    quickstartCommand,
    {
      name: 'log',
      summary: "Partition directories in Apache Kafka's format.",
      commands: [
        appendCommand,
        catCommand,
        tailCommand,
        dumpCommand,
        verifyCommand,
        repairCommand,
        reindexCommand,
        compactCommand,
        truncateCommand,
        offsetsCommand,
      ],
    },
    inspectCommand,
  ],
};

process.exitCode = await runCli(root, process.argv.slice(2), processIo());
