import { join } from 'node:path';
import { expect, test } from 'vitest';
import { KafkaServer } from '../../../src/roles/broker/index.ts';
import { interopRoot } from '../repository.ts';
import { cached, runWell } from './programs.ts';

const version = '2.16.1';

test('confluent-kafka for Python copies exactly once, with an abort in between', async () => {
  const dir = await cached(`confluent-kafka-${version}`, async (target) => {
    await runWell('python3', ['-m', 'venv', join(target, 'venv')], { limitMs: 120_000 });
    const pip = join(target, 'venv', 'bin', 'pip');
    await runWell(pip, ['install', '-q', `confluent-kafka==${version}`], { limitMs: 170_000 });
  });
  await using server = await KafkaServer.start();
  const script = join(interopRoot, 'kafka-clients', 'python', 'round_trip.py');
  const python = join(dir, 'venv', 'bin', 'python');
  const said = await runWell(python, [script, server.bootstrap, '3000']);
  expect(said).toContain('copied 3000 committed 3000 seen 3000 distinct 3000 extra 0 groups 2');
}, 200_000);
