/** Which volume a new block goes to. */
import { describe, expect, it } from 'vitest';
import type { FileSystem } from '../../../native-free-io/index.ts';
import { VolumeSet } from '../../../src/blocks/volume-set.ts';
import { Volume } from '../../../src/blocks/volume.ts';

const gib = 2 ** 30;

interface Disk {
  readonly volume: Volume;
  available: number;
}

/** A volume on a disk whose room the test decides. */
function disk(dir: string, available: number): Disk {
  const one = { available };
  const fs = { spaceSync: () => ({ total: 0, available: one.available }) };
  const volume = new Volume(fs as unknown as FileSystem, { dir, reservedBytes: 0 }, 'BP-1');
  return Object.assign(one, { volume });
}

/** Where so many blocks of `bytes` go, when the random numbers go evenly through [0, 1). */
function chosen(disks: readonly Disk[], count: number, bytes = gib): string {
  let next = 0;
  const random = { next: () => (next++ % 4) / 4, uuid: () => new Uint8Array(16) };
  const set = new VolumeSet(
    disks.map(({ volume }) => volume),
    { volumeChoice: 'available-space', failedVolumesTolerated: 1 },
    random,
  );
  return Array.from({ length: count }, () => set.choose(bytes).dir).join('');
}

describe('choice by available space', () => {
  it('goes round when no volume has 10 GiB more than another', () => {
    expect(chosen([disk('a', 100 * gib), disk('b', 110 * gib), disk('c', 105 * gib)], 6)).toBe(
      'abcabc',
    );
  });

  it('gives three of four blocks to those with more room, in turn', () => {
    const disks = [disk('a', 100 * gib), disk('b', 300 * gib), disk('c', 310 * gib)];
    expect(chosen(disks, 8)).toBe('bcbacbca');
  });

  it('gives all to those with more room when the others have none', () => {
    const disks = [disk('a', gib / 2), disk('b', 50 * gib), disk('c', gib / 4)];
    expect(chosen(disks, 5)).toBe('bbbbb');
  });

  it('follows the disks as they fill, and counts what is reserved', () => {
    const [a, b] = [disk('a', 100 * gib), disk('b', 300 * gib)] as const;
    expect(chosen([a, b], 4)).toBe('bbba');
    b.available = 95 * gib;
    expect(chosen([a, b], 4)).toBe('abab');
    a.volume.reservedBytes = 40 * gib;
    expect(chosen([a, b], 4)).toBe('bbba');
  });

  it('leaves out a failed volume, and refuses what fits nowhere', () => {
    const [a, b] = [disk('a', 100 * gib), disk('b', 300 * gib)] as const;
    b.volume.fail(new Error('gone'));
    expect(chosen([a, b], 3)).toBe('aaa');
    expect(() => chosen([a, b], 1, 101 * gib)).toThrow(
      expect.objectContaining({ code: 'BLOCKS_NO_SPACE' }),
    );
  });
});
