import { join } from 'node:path';
import { expect, test } from 'vitest';
import { KafkaServer } from '../../../src/roles/broker/index.ts';
import { interopRoot } from '../repository.ts';
import { cached, runWell } from './programs.ts';

const version = '1.35.0';

test('@platformatic/kafka produces and consumes in a group, with incremental fetches', async () => {
  const dir = await cached(`platformatic-kafka-${version}`, async (target) => {
    const flags = [
      'install',
      '--no-audit',
      '--no-fund',
      '--engine-strict=false',
      '--prefix',
      target,
    ];
    await runWell('npm', [...flags, `@platformatic/kafka@${version}`, 'node@22'], {
      limitMs: 170_000,
    });
  });
  await using server = await KafkaServer.start();
  const script = join(interopRoot, 'kafka-clients', 'node', 'platformatic.mjs');
  const node = join(dir, 'node_modules', '.bin', 'node');
  const said = await runWell(node, [script, server.bootstrap, dir, '300']);
  expect(said).toContain('seen 300 groups g');
}, 200_000);
