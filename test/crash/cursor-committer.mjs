/**
 * A consumer to be killed: `node cursor-committer.mjs DIR commit`. It appends, reads and commits
 * without end; each line it prints is a name and a position that is durable from then on.
 *
 * With `fill` instead of `commit` it makes cursors until that fails, as under a limit on the size
 * of files, and prints what happened as JSON.
 */
import { PartitionLog } from '../../dist/src/log/index.js';

const [dir, task] = process.argv.slice(2);
const log = await PartitionLog.open({ dir });

async function consume(name) {
  const cursor = await log.cursor(name);
  for await (const batch of cursor.read({ follow: true })) {
    const offset = batch.lastOffset + 1;
    const durability = offset % 3 === 0 ? 'synced' : 'buffered';
    await cursor.commit(offset, { durability });
    if (durability === 'synced') process.stdout.write(`${name} ${offset}\n`);
    log.appendSync([{ value: `after ${offset}` }]);
  }
}

async function fill() {
  log.appendSync([{ value: 'one' }]);
  const codes = [];
  for (let index = 0; codes.length < 2 && index < 10_000; index++) {
    const cursor = await log.cursor(`cursor-${index}-${'x'.repeat(200)}`);
    await cursor.commit(1).catch((error) => codes.push(error.code));
  }
  const made = (await log.cursors()).list().length;
  const closing = await log.close().then(
    () => 'closed',
    (error) => error.code,
  );
  process.stdout.write(JSON.stringify({ codes, made, closing }));
}

if (task === 'fill') {
  await fill();
} else {
  log.appendSync([{ value: 'first' }]);
  await Promise.all([consume('a'), consume('b')]);
}
