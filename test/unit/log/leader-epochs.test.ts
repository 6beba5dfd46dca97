import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeFileSystem as fs } from '../../../native-free-io/index.ts';
import { LeaderEpochs } from '../../../src/log/leader-epochs.ts';
import { codeOf } from '../../helpers/codes.ts';
import { ObservedFileSystem } from '../../helpers/observed-fs.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

type Pair = readonly [number, number];

function epochsWith(...pairs: readonly Pair[]): LeaderEpochs & { dir: string } {
  const dir = temporaryFolder();
  const epochs = LeaderEpochs.open(fs, dir);
  for (const [epoch, start] of pairs) epochs.assign(epoch, start);
  return Object.assign(epochs, { dir });
}

const pairsOf = (epochs: LeaderEpochs): Pair[] =>
  epochs.entries.map(({ epoch, startOffset }) => [epoch, startOffset] as const);

const fileOf = (dir: string) => readFileSync(join(dir, 'leader-epoch-checkpoint'), 'utf8');

describe('LeaderEpochs.assign', () => {
  test('the file holds each assignment once it returns', () => {
    const epochs = epochsWith([0, 1000]);
    expect(fileOf(epochs.dir)).toBe('0\n1\n0 1000\n');
    epochs.assign(3, 1008);
    expect(fileOf(epochs.dir)).toBe('0\n2\n0 1000\n3 1008\n');
    expect(pairsOf(LeaderEpochs.open(fs, epochs.dir))).toEqual([
      [0, 1000],
      [3, 1008],
    ]);
  });

  test('the same epoch again changes nothing and writes nothing', () => {
    const observed = new ObservedFileSystem();
    const epochs = LeaderEpochs.open(observed.fs, temporaryFolder());
    expect(epochs.assign(2, 10)).toBe(true);
    observed.reset();
    expect([epochs.assign(2, 10), epochs.assign(2, 99)]).toEqual([false, false]);
    expect(observed.operations).toEqual([]);
  });

  test('epoch 0 at offset 0 counts', () => {
    expect(pairsOf(epochsWith([0, 0]))).toEqual([[0, 0]]);
  });

  test('an epoch that begins no later than existing ones removes those', () => {
    const pairs: Pair[] = [
      [1, 10],
      [2, 20],
      [3, 30],
    ];
    expect(pairsOf(epochsWith(...pairs, [4, 20]))).toEqual([
      [1, 10],
      [4, 20],
    ]);
    expect(pairsOf(epochsWith(...pairs, [4, 5]))).toEqual([[4, 5]]);
  });

  test('an older epoch, or the latest with an earlier start, replaces what stands above it', () => {
    const pairs: Pair[] = [
      [1, 10],
      [3, 30],
    ];
    expect(pairsOf(epochsWith(...pairs, [2, 40]))).toEqual([
      [1, 10],
      [2, 40],
    ]);
    expect(pairsOf(epochsWith(...pairs, [3, 25]))).toEqual([
      [1, 10],
      [3, 25],
    ]);
    expect(pairsOf(epochsWith(...pairs, [0, 50]))).toEqual([[0, 50]]);
  });

  test('a negative epoch or offset is refused', () => {
    const epochs = epochsWith([1, 10]);
    expect(codeOf(() => epochs.assign(-1, 20))).toBe('INTERNAL_INVARIANT');
    expect(codeOf(() => epochs.assign(2, -1))).toBe('INTERNAL_INVARIANT');
  });
});

describe('LeaderEpochs.endOffsetFor', () => {
  const epochs = () => epochsWith([2, 100], [5, 200], [7, 300]);

  test('the latest epoch ends at the log end', () => {
    expect(epochs().endOffsetFor(7, 350)).toEqual({ epoch: 7, endOffset: 350 });
  });

  test('a known or skipped older epoch ends where the next begins', () => {
    expect(epochs().endOffsetFor(2, 350)).toEqual({ epoch: 2, endOffset: 200 });
    expect(epochs().endOffsetFor(4, 350)).toEqual({ epoch: 2, endOffset: 200 });
    expect(epochs().endOffsetFor(5, 350)).toEqual({ epoch: 5, endOffset: 300 });
    expect(epochs().endOffsetFor(6, 350)).toEqual({ epoch: 5, endOffset: 300 });
  });

  test('an epoch before all known ones ends where the first begins', () => {
    expect(epochs().endOffsetFor(1, 350)).toEqual({ epoch: 1, endOffset: 100 });
  });

  test('a newer epoch, no epoch and an empty table are undefined', () => {
    const unknown = { epoch: -1, endOffset: -1 };
    expect(epochs().endOffsetFor(8, 350)).toEqual(unknown);
    expect(epochs().endOffsetFor(-1, 350)).toEqual(unknown);
    expect(epochsWith().endOffsetFor(0, 350)).toEqual(unknown);
  });

  test('the epoch in force at an offset is told', () => {
    expect([99, 100, 199, 200, 1e9].map((offset) => epochs().epochFor(offset))).toEqual([
      -1, 2, 2, 5, 7,
    ]);
  });
});

describe('LeaderEpochs truncation', () => {
  const pairs: Pair[] = [
    [2, 100],
    [5, 200],
    [7, 300],
  ];

  test.each<[number, Pair[]]>([
    [400, pairs],
    [301, pairs],
    [300, pairs.slice(0, 2)],
    [201, pairs.slice(0, 2)],
    [200, pairs.slice(0, 1)],
    [100, []],
    [0, []],
  ])('from the end at %i', (offset, kept) => {
    const epochs = epochsWith(...pairs);
    epochs.truncateFromEnd(offset);
    expect(pairsOf(epochs)).toEqual(kept);
    expect(pairsOf(LeaderEpochs.open(fs, epochs.dir))).toEqual(kept);
  });

  test.each<[number, Pair[]]>([
    [0, pairs],
    [99, pairs],
    [100, pairs],
    [150, [[2, 150], ...pairs.slice(1)]],
    [200, pairs.slice(1)],
    [299, [[5, 299], pairs[2]!]],
    [1000, [[7, 1000]]],
  ])('from the start at %i', (offset, kept) => {
    const epochs = epochsWith(...pairs);
    epochs.truncateFromStart(offset);
    expect(pairsOf(epochs)).toEqual(kept);
    expect(pairsOf(LeaderEpochs.open(fs, epochs.dir))).toEqual(kept);
  });

  test('clearing empties the file too', () => {
    const epochs = epochsWith(...pairs);
    epochs.clear();
    expect(pairsOf(epochs)).toEqual([]);
    expect(fileOf(epochs.dir)).toBe('0\n0\n');
  });
});

describe('LeaderEpochs.open', () => {
  test('no file and an empty file are an empty table', () => {
    const dir = temporaryFolder();
    expect(pairsOf(LeaderEpochs.open(fs, dir))).toEqual([]);
    writeFileSync(join(dir, 'leader-epoch-checkpoint'), '');
    expect(pairsOf(LeaderEpochs.open(fs, dir))).toEqual([]);
  });

  test('a malformed file fails the open and is left as it is', () => {
    const dir = temporaryFolder();
    writeFileSync(join(dir, 'leader-epoch-checkpoint'), '0\n2\n1 1\n');
    expect(codeOf(() => LeaderEpochs.open(fs, dir))).toBe('LOG_CORRUPT_CHECKPOINT');
    expect(fileOf(dir)).toBe('0\n2\n1 1\n');
  });

  test('a failed write leaves table and file as they were', () => {
    const observed = new ObservedFileSystem();
    const dir = temporaryFolder();
    const epochs = LeaderEpochs.open(observed.fs, dir);
    epochs.assign(1, 10);
    observed.failOnce('rename');
    expect(codeOf(() => epochs.assign(2, 20))).toBe('IO_NO_SPACE');
    expect(pairsOf(epochs)).toEqual([[1, 10]]);
    expect(fileOf(dir)).toBe('0\n1\n1 10\n');
  });
});
