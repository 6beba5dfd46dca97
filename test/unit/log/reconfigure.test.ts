import { expect, test } from 'vitest';
import type { LogConfigInput } from '../../../src/log/index.ts';
import { codeOf } from '../../helpers/codes.ts';
import { LogWorld, numbered } from '../../helpers/log-world.ts';

test('new settings take effect with the next append; the others stay', async () => {
  const log = await new LogWorld().open({ 'segment.bytes': 100_000, 'retention.ms': 5000 });
  for (let count = 0; count < 10; count++) log.appendSync(numbered(1));
  expect(log.segmentCount).toBe(1);
  log.reconfigure({ 'segment.bytes': 200 });
  for (let count = 0; count < 10; count++) log.appendSync(numbered(1));
  expect(log.segmentCount).toBeGreaterThan(3);
  expect(log.config).toMatchObject({ 'segment.bytes': 200, 'retention.ms': 5000 });
});

test('a setting that is refused changes none', async () => {
  const log = await new LogWorld().open({ 'segment.bytes': 100_000 });
  const input = { 'segment.bytes': 200, 'retention.ms': 'soon' } as LogConfigInput;
  expect(codeOf(() => log.reconfigure(input))).toBe('OPTION_INVALID');
  expect(log.config['segment.bytes']).toBe(100_000);
});
