import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { KafkaServer } from '../../../src/roles/broker/index.ts';
import { KafkaBroker } from '../kafka/broker.ts';
import { kafkaJars, kafkaVersions } from '../kafka/jars.ts';
import { kafkaTool } from './programs.ts';

const input = Array.from({ length: 30 }, (_, at) => `line ${at}\n`).join('');
const read = (bootstrap: string) => [
  '--bootstrap-server',
  bootstrap,
  '--topic',
  't',
  '--partition',
  '0',
  '--offset',
  'earliest',
  '--max-messages',
  '60',
  '--timeout-ms',
  '8000',
];

test.each(kafkaVersions)(
  'a directory of Kafka %s is served by us, and ours by it',
  async (version) => {
    const dir = mkdtempSync(join(tmpdir(), 'varve-exchange-'));
    try {
      await using apache = new KafkaBroker(await kafkaJars(version), { dir });
      await apache.start();
      const at = (bootstrap: string): string[] => ['--bootstrap-server', bootstrap, '--topic', 't'];
      await kafkaTool(version, 'topics', [
        ...at(apache.bootstrap),
        '--create',
        '--partitions',
        '1',
      ]);
      await kafkaTool(version, 'produce', at(apache.bootstrap), { input });
      await apache.stop();
      const id = readFileSync(join(apache.partitionDir('t'), 'partition.metadata'), 'utf8');

      await (async () => {
        await using ours = await KafkaServer.start({ dir: apache.logDir });
        expect(ours.topics).toContain('t');
        expect(ours.topics).not.toContain('__cluster_metadata');
        await kafkaTool(version, 'produce', at(ours.bootstrap), { input });
        const seen = await kafkaTool(version, 'consume', read(ours.bootstrap));
        expect(seen.match(/^line \d+$/gm)).toHaveLength(60);
      })();
      expect(readFileSync(join(apache.partitionDir('t'), 'partition.metadata'), 'utf8')).toBe(id);

      await apache.start();
      const seen = await kafkaTool(version, 'consume', read(apache.bootstrap));
      expect(seen.match(/^line \d+$/gm)).toHaveLength(60);
      await apache.stop();
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
);
