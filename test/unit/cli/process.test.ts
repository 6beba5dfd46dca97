import { once } from 'node:events';
import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  ended,
  main,
  newPartition,
  numbers,
  partitionOf,
  varve,
  varveProcess,
} from './cli-world.ts';

describe('the command as a process', () => {
  it('is executable as built, because npx links it only once', () => {
    expect(statSync(main).mode & 0o111).toBe(0o111);
  });

  it('reads standard input, writes standard output and gives its exit code', async () => {
    const dir = newPartition();
    const append = varveProcess(['log', 'append', dir]);
    append.stdin.end('one\ntwo');
    expect(await ended(append)).toEqual({
      code: 0,
      out: '2 records appended at offsets 0..1\n',
      err: '',
    });
    expect(await ended(varveProcess(['log', 'cat', dir]))).toEqual({
      code: 0,
      out: 'one\ntwo\n',
      err: '',
    });
    expect((await ended(varveProcess(['log', 'cat', `${dir}x`]))).code).toBe(1);
    expect((await ended(varveProcess(['log', 'cat']))).code).toBe(2);
  });

  it.each(['cat', 'dump'])('%s ends quietly when its reader has seen enough', async (command) => {
    const dir = await partitionOf(numbers(1, 100_000));
    const child = varveProcess(['log', command, dir]);
    // Gone after the first piece, as `head` is.
    child.stdout.once('data', () => child.stdout.destroy());
    let err = '';
    child.stderr.on('data', (piece: Buffer) => (err += piece.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('append ends in order at %s', async (signal) => {
    const dir = newPartition();
    const child = varveProcess(['log', 'append', dir, '--sync']);
    child.stdin.write(`${numbers(1, 500).join('\n')}\n`);
    await untilReadable(dir, '500');
    const end = ended(child);
    child.kill(signal);
    expect(await end).toEqual({
      code: 130,
      out: '',
      err: '500 records appended at offsets 0..499\n',
    });
    const { out } = await varve(['log', 'verify', dir]);
    expect(out).toMatch(/^sound: 1 segment, 1 batch, 500 records/);
    expect((await varve(['log', 'append', dir], { stdin: ['more\n'] })).code).toBe(0);
  });

  it('tail --follow ends in order at SIGINT', async () => {
    const dir = await partitionOf(numbers(1, 20));
    const child = varveProcess(['log', 'tail', dir, '--follow', '-n', '1']);
    const [first] = (await once(child.stdout, 'data')) as [Buffer];
    const end = ended(child);
    child.kill('SIGINT');
    expect([first.toString(), await end]).toEqual(['20\n', { code: 0, out: '', err: '' }]);
  });
});

/** Until the last value is this one; a turn of the loop between two looks. */
async function untilReadable(dir: string, value: string): Promise<void> {
  for (;;) {
    const { out } = await varve(['log', 'tail', dir, '-n', '1']);
    if (out === `${value}\n`) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
