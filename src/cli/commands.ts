/** All commands, in the order in which help shows them. */
import { blocksGroup } from './blocks/group.ts';
import type { CommandGroup } from './command.ts';
import { inspectCommand } from './inspect.ts';
import { consumeCommand } from './kafka/consume.ts';
import { groupsGroup, offsetsCommand as kafkaOffsetsCommand } from './kafka/groups.ts';
import { produceCommand } from './kafka/produce.ts';
import { serveCommand } from './kafka/serve.ts';
import { topicsGroup } from './kafka/topics.ts';
import { appendCommand } from './log/append.ts';
import { catCommand, tailCommand } from './log/cat.ts';
import { dumpCommand } from './log/dump.ts';
import { compactCommand, offsetsCommand, truncateCommand } from './log/manage.ts';
import { reindexCommand, repairCommand } from './log/repair.ts';
import { verifyCommand } from './log/verify.ts';
import { deleteCommand, getCommand, putCommand, scanCommand } from './lsm/cells.ts';
import { statCommand, verifyCommand as verifyTablesCommand } from './lsm/look.ts';
import {
  checkpointCommand,
  compactCommand as compactTableCommand,
  createCommand,
  dropCommand,
  flushCommand,
  splitCommand,
} from './lsm/manage.ts';
import { exportCommand, importCommand } from './lsm/transfer.ts';
import { runCommand, streamingCommand } from './mr/run.ts';
import {
  streamingCombineCommand,
  streamingMapCommand,
  streamingReduceCommand,
} from './mr/streaming-module.ts';
import { teragenCommand, terasortCommand, teravalidateCommand } from './mr/tera.ts';
import { quickstartCommand } from './quickstart.ts';
import { sortCommand } from './sort.ts';

export const rootCommand: CommandGroup = {
  name: 'varve',
  summary: "varve: the big-data world's storage cores in one process, in the Apache formats.",
  commands: [
    quickstartCommand,
    {
      name: 'kafka',
      summary: "A Kafka broker, and what one does with brokers: ours or Apache's.",
      commands: [
        serveCommand,
        topicsGroup,
        groupsGroup,
        kafkaOffsetsCommand,
        produceCommand,
        consumeCommand,
      ],
    },
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
    {
      name: 'lsm',
      summary: "Databases in Apache HBase's format: tables, cells, store files.",
      commands: [
        createCommand,
        putCommand,
        getCommand,
        scanCommand,
        deleteCommand,
        importCommand,
        exportCommand,
        flushCommand,
        compactTableCommand,
        splitCommand,
        statCommand,
        verifyTablesCommand,
        checkpointCommand,
        dropCommand,
      ],
    },
    {
      name: 'mr',
      summary: "MapReduce jobs with Hadoop's formats and rules.",
      commands: [
        runCommand,
        streamingCommand,
        streamingMapCommand,
        streamingReduceCommand,
        streamingCombineCommand,
        teragenCommand,
        terasortCommand,
        teravalidateCommand,
      ],
    },
    sortCommand,
    blocksGroup,
    inspectCommand,
  ],
};
