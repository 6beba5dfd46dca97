/**
 * All commands, in the order in which help shows them. Their modules load when they are used: a
 * command starts in the time of its own modules.
 */
import type { CommandGroup } from './command.ts';

export const rootCommand: CommandGroup = {
  name: 'varve',
  summary: "varve: the big-data world's storage cores in one process, in the Apache formats.",
  commands: [
    {
      name: 'quickstart',
      summary: 'Store real text as a Kafka partition, stream it back, verify every byte.',
      load: async () => (await import('./quickstart.ts')).quickstartCommand,
    },
    {
      name: 'kafka',
      summary: "A Kafka broker, and what one does with brokers: ours or Apache's.",
      load: async () => (await import('./kafka/group.ts')).kafkaGroup,
    },
    {
      name: 'log',
      summary: "Partition directories in Apache Kafka's format.",
      load: async () => (await import('./log/group.ts')).logGroup,
    },
    {
      name: 'lsm',
      summary: "Databases in Apache HBase's format: tables, cells, store files.",
      load: async () => (await import('./lsm/group.ts')).lsmGroup,
    },
    {
      name: 'mr',
      summary: "MapReduce jobs with Hadoop's formats and rules.",
      load: async () => (await import('./mr/group.ts')).mrGroup,
    },
    {
      name: 'sort',
      summary: 'Sort lines or records of files larger than memory, on all cores.',
      load: async () => (await import('./sort.ts')).sortCommand,
    },
    {
      name: 'blocks',
      summary: 'Blocks with checksums, in the layout of an HDFS DataNode.',
      load: async () => (await import('./blocks/group.ts')).blocksGroup,
    },
    {
      name: 'inspect',
      summary: 'Recognise a file by its bytes and print its structure.',
      load: async () => (await import('./inspect.ts')).inspectCommand,
    },
  ],
};
