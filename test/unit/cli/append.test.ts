import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PartitionLog } from '../../../src/log/index.ts';
import { newPartition, numbers, partitionOf, varve } from './cli-world.ts';

async function values(dir: string): Promise<string[]> {
  const { out } = await varve(['log', 'cat', dir]);
  return out.split('\n').slice(0, -1);
}

describe('varve log append', () => {
  it('makes a record of each line, also of an empty one and of a last one without an end', async () => {
    const dir = newPartition();
    const stdin = ['one\n\nthr', 'ee\nfo', 'u', 'r'];
    const { code, out, err } = await varve(['log', 'append', dir], { stdin });
    expect({ code, out, err }).toEqual({
      code: 0,
      out: '4 records appended at offsets 0..3\n',
      err: '',
    });
    expect(await values(dir)).toEqual(['one', '', 'three', 'four']);
  });

  it('appends nothing of an empty input, and says so', async () => {
    const dir = newPartition();
    expect(await varve(['log', 'append', dir])).toEqual({
      code: 0,
      out: 'no records appended\n',
      err: '',
    });
    const { out } = await varve(['log', 'append', dir, '--json']);
    expect(JSON.parse(out)).toEqual({ records: 0, bytes: 0, baseOffset: 0, logEndOffset: 0 });
  });

  it('goes on where the log ends, and tells a program so with --json', async () => {
    const dir = await partitionOf(['a', 'b']);
    const { code, out } = await varve(['log', 'append', dir, '--json'], { stdin: ['c\ndd\n'] });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ records: 2, bytes: 3, baseOffset: 2, logEndOffset: 4 });
  });

  it('splits key and value at the first separator, which may be longer than a character', async () => {
    const dir = newPartition();
    const stdin = ['k::v::w\n::no key text\nno separator\nk::\n'];
    await varve(['log', 'append', dir, '--key-separator', '::'], { stdin });
    const { out } = await varve(['log', 'cat', dir, '--json']);
    const text = (field: string | null): string | null =>
      field === null ? null : Buffer.from(field, 'base64').toString();
    const records = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { key: string | null; value: string | null })
      .map(({ key, value }) => [text(key), text(value)]);
    expect(records).toEqual([
      ['k', 'v::w'],
      ['', 'no key text'],
      [null, 'no separator'],
      ['k', ''],
    ]);
  });

  it('keeps bytes that are no text, and lines over many pieces of the input', async () => {
    const dir = newPartition();
    const long = Buffer.alloc(700_000, 'x');
    const odd = Uint8Array.of(0xff, 0x00, 0xc3, 0x0d);
    const pieces = [odd, Buffer.from('\n'), ...cut(long, 65_536), Buffer.from('\n')];
    await varve(['log', 'append', dir], { stdin: pieces });
    await using log = await PartitionLog.open({ dir, readOnly: true });
    const found: Uint8Array[] = [];
    for await (const batch of log.read()) {
      for (const { value } of batch.records()) found.push(new Uint8Array(value!));
    }
    expect(found.map(({ length }) => length)).toEqual([4, 700_000]);
    expect(found[0]).toEqual(odd);
    expect(Buffer.compare(found[1]!, long)).toBe(0);
  });

  it('names the line that the log refuses, and what was appended before', async () => {
    const dir = newPartition();
    const stdin = [`${numbers(1, 5).join('\n')}\n`, `6\n${'x'.repeat(2_000_000)}\n8\n`];
    const { code, out, err } = await varve(['log', 'append', dir], { stdin });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('5 records appended at offsets 0..4\n');
    expect(err).toMatch(/line 7 does not fit a batch of 1048588 bytes .*\[LOG_RECORD_TOO_LARGE\]/);
    expect(await values(dir)).toEqual(numbers(1, 5));
    const compacted = ['log', 'append', dir, '--config', 'cleanup.policy=compact'];
    const keyless = await varve([...compacted, '--key-separator', ':'], { stdin: ['k:v\nv\n'] });
    expect(keyless.code).toBe(1);
    expect(keyless.err).toMatch(/line 2 has no key.*\[LOG_INVALID_RECORD\]/);
  });

  it('refuses a line without an end before it fills the memory', async () => {
    const piece = new Uint8Array(64 << 20);
    const stdin = (async function* () {
      for (;;) yield piece;
    })();
    const { code, err } = await varve(['log', 'append', newPartition()], { stdin });
    expect(code).toBe(1);
    expect(err).toContain('a line of more than 268435456 bytes [IO_LIMIT]');
  });

  it('uses the codec, the batch size and the settings it is given', async () => {
    const lines = numbers(1, 2000);
    const flags = ['--codec', 'gzip', '--batch-records', '100', '--sync'];
    const dir = await partitionOf(lines, [...flags, '--config', 'segment.bytes=4096,segment.ms=9']);
    const { out } = await varve(['log', 'dump', dir, '--shallow']);
    const batches = out.split('\n').filter((line) => line.startsWith('baseOffset'));
    expect(batches.length).toBe(20);
    expect(batches.every((line) => line.includes('count: 100 '))).toBe(true);
    expect(batches.every((line) => line.includes('compresscodec: gzip'))).toBe(true);
    expect(readdirSync(dir).filter((name) => name.endsWith('.log')).length).toBeGreaterThan(1);
    expect(await values(dir)).toEqual(lines);
  });

  it('says who holds the partition when another has it open', async () => {
    const dir = await partitionOf(['a']);
    await using holder = await PartitionLog.open({ dir });
    const { code, err } = await varve(['log', 'append', dir], { stdin: ['b'] });
    expect(code).toBe(1);
    expect(err).toContain(`locked by process ${process.pid} (${dir}/.varve_lock) [IO_LOCKED]`);
    for (const command of [['compact'], ['truncate', '--to', '0', '--yes'], ['repair', '--yes']]) {
      const outcome = await varve(['log', ...command, dir]);
      expect([outcome.code, outcome.err]).toEqual([1, expect.stringContaining('[IO_LOCKED]')]);
    }
    expect(holder.logEndOffset).toBe(1);
    // Readers do not mind.
    expect(await values(dir)).toEqual(['a']);
  });

  it('takes over the lock of a process that died', async () => {
    const dir = await partitionOf(['a']);
    const program = `process.kill(process.pid, 'SIGKILL')`;
    const { pid } = spawnSync(process.execPath, ['-e', program]);
    writeFileSync(`${dir}/.varve_lock`, `${pid} 1 1\n`);
    const { code } = await varve(['log', 'append', dir], { stdin: ['b'] });
    expect(code).toBe(0);
    expect(existsSync(`${dir}/.varve_lock`)).toBe(false);
  });

  it('interrupted while it waits for input keeps what it has, and ends', async () => {
    const dir = newPartition();
    const interrupt = new AbortController();
    const stdin = (async function* () {
      yield Buffer.from('a\nb\nunfinished');
      queueMicrotask(() => interrupt.abort());
      await new Promise(() => undefined);
    })();
    const { code, out, err } = await varve(['log', 'append', dir], {
      stdin,
      signal: interrupt.signal,
    });
    expect({ code, out }).toEqual({ code: 130, out: '' });
    expect(err).toMatch(/^\d records? appended at offsets 0\.\.\d\n$/);
    const { out: report } = await varve(['log', 'verify', dir]);
    expect(report).toMatch(/^sound: /);
    expect((await values(dir)).slice(0, 2)).toEqual(['a', 'b']);
  });

  it('tells who types what to do, and draws a bar that it takes away', async () => {
    const { err } = await varve(['log', 'append', newPartition()], {
      stdin: ['a\n'],
      isInputTerminal: true,
      isTerminal: true,
    });
    expect(err).toMatch(/^one record per line; Ctrl-D ends\n/);
    expect(err).toContain('append ');
    expect(err.endsWith('\r\u001b[K')).toBe(true);
  });
});

function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  return pieces;
}
