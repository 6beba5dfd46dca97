import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { codecByName } from '../../../../native-free-io/index.ts';
import { readReference, referenceNames } from './reference-streams.ts';
import { collected, cut, firstDifference, noiseOf, textOf } from './samples.ts';

test.each(referenceNames)('%s is read, in both forms', async (name) => {
  const { codec, packed, holds } = readReference(name);
  const options = { maxLength: holds.length };
  expect(firstDifference(codec.decompressSync(packed, options), holds)).toBe(-1);
  const streamed = await collected(
    codec.decompress(
      cut(packed, () => 7),
      options,
    ),
  );
  expect(firstDifference(streamed, holds)).toBe(-1);
});

const samples = [new Uint8Array(0), textOf(1), textOf(65_536), textOf(500_000), noiseOf(200_000)];

/** Commands read standard input and write standard output. */
const tools = [
  {
    command: 'lz4',
    codec: codecByName('lz4'),
    unpack: ['-q', '-d', '-c'],
    pack: [
      ['-q', '-c'],
      ['-q', '-c', '-B4', '-BD', '-BX', '--content-size'],
      ['-q', '-c', '-B7', '-9', '--no-frame-crc'],
      ['-q', '-c', '-B5', '-BD', '-12'],
    ],
  },
  {
    command: 'zstd',
    codec: codecByName('zstd'),
    unpack: ['-q', '-d', '-c'],
    pack: [
      ['-q', '-c'],
      ['-q', '-c', '-1', '--no-check'],
      ['-q', '-c', '-19'],
      ['-q', '-c', '--long=27'],
    ],
  },
  {
    command: 'gzip',
    codec: codecByName('gzip'),
    unpack: ['-d', '-c'],
    pack: [['-c'], ['-c', '-9'], ['-c', '-1']],
  },
  {
    command: 'python3',
    codec: codecByName('deflate'),
    unpack: ['-c', pythonFilter('zlib.decompress')],
    pack: [['-c', pythonFilter('zlib.compress')]],
  },
];

describe.each(tools)('the command $command', ({ command, codec, unpack, pack }) => {
  const isMissing = spawnSync(command, ['--version']).status !== 0;
  const run = (options: readonly string[], input: Uint8Array): Uint8Array =>
    execFileSync(command, options, { input, maxBuffer: 1 << 26 });

  test.skipIf(isMissing)('reads what we write, in both forms', async () => {
    for (const sample of samples) {
      expect(firstDifference(run(unpack, codec.compressSync(sample)), sample)).toBe(-1);
      const streamed = await collected(codec.compress([sample]));
      expect(firstDifference(run(unpack, streamed), sample)).toBe(-1);
    }
  });

  test.skipIf(isMissing)('writes what we read, whatever its options', () => {
    for (const options of pack) {
      for (const sample of samples) {
        const packed = run(options, sample);
        const back = codec.decompressSync(packed, { maxLength: sample.length });
        expect(firstDifference(back, sample), options.join(' ')).toBe(-1);
      }
    }
  });
});

function pythonFilter(call: string): string {
  return `import sys, zlib; sys.stdout.buffer.write(${call}(sys.stdin.buffer.read()))`;
}
