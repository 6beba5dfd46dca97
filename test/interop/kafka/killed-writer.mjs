/**
 * A process that appends without end, to be killed: `node killed-writer.mjs DIR CONFIG`. After each
 * sync it prints the log end offset that is durable from then on.
 */
import { PartitionLog } from '../../../dist/src/log/index.js';

const [dir, config] = process.argv.slice(2);
const log = await PartitionLog.open({ dir, config: JSON.parse(config) });
for (let batch = 0; ; batch++) {
  const records = Array.from({ length: 1 + (batch % 5) }, (_, n) => ({
    key: `key ${n}`,
    value: `batch ${batch}, record ${n} `.repeat(1 + (batch % 9)),
  }));
  log.appendSync(records, { codec: ['none', 'lz4', 'gzip'][batch % 3] });
  if (batch % 200 !== 199) continue;
  await log.sync();
  process.stdout.write(`${log.logEndOffset}\n`);
}
