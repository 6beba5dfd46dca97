/**
 * Recovery cut a damaged segment before it removed the later ones. After a crash in between nothing
 * told of the damage any more: the later segments were kept, behind a hole.
 */
import { expect, test } from 'vitest';
import { CrashFileSystem } from '../../native-free-io/index.ts';
import { PartitionLog } from '../../src/log/index.ts';
import { collect } from '../helpers/batches.ts';
import { numbered } from '../helpers/log-world.ts';

const dir = '/orders-0';

test('a crash right after the cut leaves nothing behind it', async () => {
  const fs = new CrashFileSystem({ trace: true });
  const log = await PartitionLog.open({ dir, config: { 'segment.bytes': 200 }, env: { fs } });
  for (let batch = 0; batch < 3; batch++) log.appendSync(numbered(3));
  fs.crash();
  const damaged = fs.afterCrash('keep-all');
  const file = damaged.openSync(`${dir}/00000000000000000003.log`, 'write');
  file.writeSync(new Uint8Array([1]), 0, 1, 70);
  file.closeSync();

  const whole = damaged.clone();
  await PartitionLog.open({ dir, env: { fs: whole } });
  const cut = whole.trace.findIndex((line) => /truncate .*\.log/.test(line));
  expect(cut).toBeGreaterThan(0);
  damaged.crashAt(damaged.operations + cut, 'after');
  await expect(PartitionLog.open({ dir, env: { fs: damaged } })).rejects.toThrow('power loss');
  const after = damaged.afterCrash('keep-all');
  const again = await PartitionLog.open({ dir, env: { fs: after } });
  const offsets = (await collect(again.read())).map(({ offset }) => offset);
  expect([again.logEndOffset, offsets]).toEqual([3, [0, 1, 2]]);
});
