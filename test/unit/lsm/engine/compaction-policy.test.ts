/** Which files are chosen: golden lists of the default and the tiered policy. */
import { describe, expect, test } from 'vitest';
import { selectTiered, windowsFrom } from '../../../../src/lsm/compaction/date-tiered.ts';
import {
  selectFiles,
  throughputLimit,
  type Candidate,
  type PolicySettings,
} from '../../../../src/lsm/compaction/policy.ts';

const settings: PolicySettings = {
  compactionMin: 3,
  compactionMax: 5,
  compactionRatio: 1,
  compactionMinBytes: 10,
  compactionMaxBytes: 1000,
  blockingFiles: 100,
  majorCompactionMs: 0,
  majorCompactionJitter: 0,
};
const question = { nowMs: 1e12, isForced: false, oldestUnexpired: Number.NEGATIVE_INFINITY };

function file(bytes: number, more: Partial<Candidate> = {}): Candidate {
  return {
    name: `f${bytes}`,
    bytes,
    isReference: false,
    isCompacting: false,
    isMajor: false,
    createdMs: 1e12,
    minTimestamp: 0,
    maxTimestamp: 0,
    ...more,
  };
}

function chosen(sizes: readonly number[], more: Partial<PolicySettings> = {}): number[] {
  const selection = selectFiles(
    sizes.map((bytes) => file(bytes)),
    { ...settings, ...more },
    question,
  );
  return selection?.files.map(({ bytes }) => bytes) ?? [];
}

describe('the exploring policy', () => {
  test.each([
    // TestDefaultCompactSelection, TestCompactionPolicy: oldest first.
    [
      [999, 50, 23, 12, 12],
      [23, 12, 12],
    ],
    [
      [100, 50, 23, 12, 12],
      [23, 12, 12],
    ],
    [[100, 50, 25, 12], []],
    [
      [7, 1, 1],
      [7, 1, 1],
    ],
    [[12, 12], []],
    [
      [7, 6, 5, 4, 3, 2, 1],
      [5, 4, 3, 2, 1],
    ],
    [[], []],
    [
      [99, 99, 1],
      [99, 99, 1],
    ],
    [[2000, 500, 8], []],
  ])('of sizes %j it takes %j', (sizes, expected) => {
    expect(
      chosen(sizes, sizes[0] === 7 && sizes.length === 7 ? { compactionMinBytes: 1 } : {}),
    ).toEqual(expected);
  });

  test('a store that may be stuck compacts its smallest window', () => {
    const sizes = [100, 50, 25, 12];
    expect(chosen(sizes)).toEqual([]);
    expect(chosen(sizes, { blockingFiles: 4 })).toEqual([50, 25, 12]);
  });

  test('HBASE-2856 only files behind the newest that is being compacted are taken', () => {
    const files = [file(5), file(6, { isCompacting: true }), file(7), file(8), file(9)];
    const selection = selectFiles(files, settings, { ...question, isForced: true });
    expect(selection?.files.map(({ bytes }) => bytes)).toEqual([7, 8, 9]);
    expect(selection?.isMajor).toBe(false);
  });

  test('references are taken whatever their number, all files make a major compaction', () => {
    const files = [file(500, { isReference: true }), file(4)];
    expect(selectFiles(files, settings, question)).toEqual({ files, isMajor: true });
  });

  test('a compaction of everything is due when the oldest file is old enough', () => {
    const weekly = { ...settings, majorCompactionMs: 7 * 86_400_000 };
    const old = { createdMs: 1e12 - 8 * 86_400_000 };
    expect(selectFiles([file(9, old), file(2)], weekly, question)?.isMajor).toBe(true);
    expect(selectFiles([file(9), file(2)], weekly, question)).toBeUndefined();
    const alone = [file(9, { ...old, isMajor: true, minTimestamp: 50 })];
    expect(selectFiles(alone, weekly, question)).toBeUndefined();
    expect(selectFiles(alone, weekly, { ...question, oldestUnexpired: 60 })?.isMajor).toBe(true);
  });

  test('the rate rises with the files and has no limit once they block', () => {
    const rates = { ...settings, blockingFiles: 13, throughputLower: 50, throughputHigher: 100 };
    expect([3, 8, 13, 14].map((files) => throughputLimit(files, rates))).toEqual([
      50,
      75,
      100,
      Number.POSITIVE_INFINITY,
    ]);
  });
});

describe('the tiered policy', () => {
  const hour = 3_600_000;

  test('windows follow each other without gaps and grow fourfold', () => {
    const windows = [];
    for (const window of windowsFrom(1000 * hour + 5)) {
      windows.push(window);
      if (windows.length === 12) break;
    }
    for (const [index, { startMs }] of windows.entries()) {
      if (index + 1 < windows.length) expect(windows[index + 1]!.endMs).toBe(startMs);
    }
    const sizes = windows.map(({ startMs, endMs }) => (endMs - startMs) / hour);
    expect(sizes[0]).toBe(6);
    expect(sizes.toSorted((a, b) => a - b)).toEqual(sizes);
    expect(sizes.every((size) => [6, 24, 96, 384].includes(size))).toBe(true);
  });

  test('six files of the newest window are compacted, five are left', () => {
    const nowMs = 1000 * hour;
    const files = Array.from({ length: 6 }, (_, i) =>
      file(10, { name: `f${i}`, minTimestamp: nowMs - hour, maxTimestamp: nowMs }),
    );
    const many = { ...settings, compactionMax: 10 };
    expect(selectTiered(files.slice(1), many, nowMs)).toBeUndefined();
    expect(selectTiered(files, many, nowMs)?.files).toHaveLength(6);
  });
});
