import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { KafkaServer } from '../../../src/roles/broker/index.ts';
import { interopRoot } from '../repository.ts';
import { cached, runWell } from './programs.ts';

test('franz-go writes transactions and reads the committed ones in a group', async () => {
  const dir = await cached('franz-go-1.15.4', async (target) => {
    cpSync(join(interopRoot, 'kafka-clients', 'go'), target, { recursive: true });
    const env = { GOFLAGS: '-mod=mod', GOTOOLCHAIN: 'local' };
    await runWell('go', ['build', '-o', 'client', '.'], { cwd: target, env, limitMs: 170_000 });
  });
  await using server = await KafkaServer.start();
  const said = await runWell(join(dir, 'client'), [server.bootstrap, '400']);
  expect(said.trim()).toBe('seen 800');
}, 200_000);
