/** One key with more values than the heap has room for: the build, in a process of its own. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../helpers/temporary-folder.ts';

const main = new URL('../../../../dist/src/', import.meta.url);
const odd = new URL('../../../helpers/job-modules/odd.mjs', import.meta.url);

test('a group of 150 MB of values is reduced with a heap of 64 MiB and 4 MiB to merge in', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'in'), 'line\n'.repeat(150));
  const program = `
    import { inlineExecutor, runJob, TextInput } from '${new URL('mapreduce/index.js', main).href}';
    import { realEnv } from '${new URL('env/index.js', main).href}';
    const env = realEnv();
    const executor = inlineExecutor({ env });
    const module = new URL('${odd.href}');
    const job = await runJob({
      input: TextInput('in', { splitBytes: 400 }), output: 'out', env, executor,
      map: { module, name: 'manyOfOne' }, reduce: { module, name: 'measured' },
      tuning: { sortBytes: 16 << 20, reduceMemoryBytes: 4 << 20, sortFactor: 4 },
    });
    console.log(job.counters.task('REDUCE_INPUT_GROUPS'));`;
  const args = ['--max-old-space-size=64', '--input-type=module', '-e', program];
  const said = execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  expect(said).toBe('1\n');
  expect(readFileSync(join(folder, 'out', 'part-r-00000'), 'utf8')).toBe(
    'one\t150000 values, 150000000 characters\n',
  );
});
