/** What a sort takes of the machine's memory: the build, in a process of its own. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const index = new URL('../../../dist/src/mapreduce/index.js', import.meta.url).href;
const MiB = 1 << 20;

test('a sort of 96 MB with 48 MiB stays within 1.5 times its memory and 60 MiB', () => {
  const program = `
    import { readFileSync } from 'node:fs';
    import { sortFile, teraGenerate } from '${index}';
    await teraGenerate('in', { records: 960_000, maps: 1, parallel: 1 });
    await sortFile('in/part-m-00000', 'out', {
      memoryBytes: 48 * ${MiB}, parallel: 2, record: { length: 100, keyLength: 10 },
    });
    // maxRSS would count this program's parent before exec, too: Linux keeps the greater of both.
    const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
    console.log(/VmHWM:\\s+(\\d+) kB/.exec(status)?.[1] ?? process.resourceUsage().maxRSS);`;
  const args = ['--input-type=module', '-e', program];
  const said = execFileSync(process.execPath, args, { cwd: temporaryFolder(), encoding: 'utf8' });
  // It says kibibytes.
  expect(Number(said)).toBeGreaterThan(0);
  expect(Number(said) * 1024).toBeLessThan(1.5 * 48 * MiB + 60 * MiB);
});
