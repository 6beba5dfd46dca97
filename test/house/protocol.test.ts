import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/build-protocol.mjs', import.meta.url));

test('the committed codecs of the Kafka protocol are what their schemas give', () => {
  const output = execFileSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  expect(output).toBe('');
});
