/** Decoders of the block store on truncated, flipped and foreign bytes: a verdict, never a hang. */
import { describe, expect, test } from 'vitest';
import { MemoryFileSystem, StoreError } from '../../native-free-io/index.ts';
import { decodeGuardSlot, encodeGuardSlot } from '../../src/blocks/format/guard-slot.ts';
import { formatManifest, parseManifest } from '../../src/blocks/format/manifest.ts';
import { formatUnfinished, parseUnfinished } from '../../src/blocks/format/unfinished.ts';
import { decodeMetaHeader, encodeMetaHeader } from '../../src/blocks/format/meta-header.ts';
import { formatProperties, parseProperties } from '../../src/blocks/format/properties.ts';
import {
  formatPoolVersion,
  formatVolumeVersion,
  parsePoolVersion,
  parseVolumeVersion,
} from '../../src/blocks/format/version-file.ts';
import { decodePackEntry, encodePackEntry } from '../../src/blocks/format/pack-entry.ts';
import {
  blockFiles,
  blockWorld,
  changeFile,
  filesBelow,
  putBlock,
  readAll,
} from '../helpers/block-world.ts';
import { Seeded, seedFor } from '../helpers/seeded.ts';

const random = new Seeded(seedFor('bytes of the block store'));

/** The value, or the error, which must be one of ours. */
function judged<T>(work: () => T): T | StoreError {
  try {
    return work();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
}

describe('round trips', () => {
  test('sidecar header', () => {
    for (const checksum of ['none', 'crc32', 'crc32c'] as const) {
      const bytes = encodeMetaHeader({ checksum, chunkBytes: 512 });
      expect(decodeMetaHeader(bytes, 7, 'p')).toEqual({ checksum, chunkBytes: 512, version: 1 });
      for (let length = 0; length < 7; length++) {
        expect(judged(() => decodeMetaHeader(bytes, length, 'p'))).toBeInstanceOf(StoreError);
      }
    }
    const bytes = encodeMetaHeader({ checksum: 'crc32c', chunkBytes: 512 });
    expect(Buffer.from(bytes).toString('hex')).toBe('00010200000200');
  });

  test('guard slot: every flipped bit and every truncation is noticed', () => {
    const slot = { sequence: 7, blockId: -5n, generationStamp: 1001, length: 700, sum: 0xdeadbeef };
    const bytes = encodeGuardSlot(slot);
    expect(decodeGuardSlot(bytes, 0)).toEqual(slot);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = new Uint8Array(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(decodeGuardSlot(changed, 0)).toBeUndefined();
    }
    for (let length = 0; length < bytes.length; length++) {
      expect(decodeGuardSlot(bytes.subarray(0, length), 0)).toBeUndefined();
    }
  });

  test('properties: what Java escapes, any order, comments, continued lines', () => {
    const values = { 'a b': 'c=d:e', x: '\\#!é\n', empty: '' };
    const parsed = parseProperties(formatProperties('today', values));
    expect(parsed.get('x')).toBe(values.x);
    expect(parsed.get('empty')).toBe('');
    const java = '#Mon\n! note\n  cTime : 5\nstorageID=DS\\:1\nlong=one\\\n   two\nkey value\n';
    expect(Object.fromEntries(parseProperties(java))).toEqual({
      cTime: '5',
      storageID: 'DS:1',
      long: 'onetwo',
      key: 'value',
    });
  });

  test('VERSION files, manifests and index entries', () => {
    const volume = {
      storageId: 'DS-1',
      clusterId: 'CID-1',
      cTime: 0,
      datanodeUuid: 'u',
      layoutVersion: -57,
    };
    expect(parseVolumeVersion(formatVolumeVersion(volume), 'p')).toEqual(volume);
    const pool = { namespaceId: 5, cTime: 1, blockPoolId: 'BP-1-127.0.0.1-1', layoutVersion: -57 };
    expect(parsePoolVersion(formatPoolVersion(pool), 'p')).toEqual(pool);
    const blocks = [{ id: -16n, generationStamp: 1001, length: 5 }];
    const manifest = { name: 'n', length: 5, blockBytes: 10, createdMs: 1, blocks };
    expect(parseManifest(formatManifest(manifest), 'p')).toEqual(manifest);
    const entry = { position: 2 ** 40, length: 7, crc: 0xffffffff };
    expect(decodePackEntry(encodePackEntry(entry))).toEqual(entry);
  });

  test('a note of an unfinished file with any character changed tells nothing', () => {
    const note = { name: 'a "b" é', blocks: [1073741825n, -4n] };
    const text = formatUnfinished(note);
    expect(parseUnfinished(text)).toEqual(note);
    for (let at = 0; at < text.length - 1; at++) {
      const changed = String.fromCharCode(text.charCodeAt(at) ^ 1);
      expect(parseUnfinished(text.slice(0, at) + changed + text.slice(at + 1))).toBeUndefined();
      expect(parseUnfinished(text.slice(0, at))).toBeUndefined();
    }
    // The same checksum over something else.
    expect(parseUnfinished('\n00000000\n')).toBeUndefined();
  });

  test('texts that are mangled give a value or an error of ours', () => {
    const volume = {
      storageId: 'DS-1',
      clusterId: 'CID-1',
      cTime: 0,
      datanodeUuid: 'u',
      layoutVersion: -57,
    };
    const blocks = [{ id: 1n, generationStamp: 1001, length: 5 }];
    const manifest = { name: 'n', length: 5, blockBytes: 10, createdMs: 1, blocks };
    for (const [text, parse] of [
      [formatVolumeVersion(volume), parseVolumeVersion],
      [formatManifest(manifest), parseManifest],
    ] as const) {
      for (let turn = 0; turn < 400; turn++) {
        const at = random.between(0, text.length);
        const kept = random.chance(0.5) ? text.slice(at + 1) : '';
        const mangled = text.slice(0, at) + String.fromCharCode(random.between(0, 255)) + kept;
        judged(() => parse(mangled, 'p') as unknown);
      }
    }
  });
});

test('a volume with any file of it mangled opens, or is refused with an error of ours', async () => {
  for (let turn = 0; turn < 60; turn++) {
    const world = blockWorld(new MemoryFileSystem());
    const store = await world.open({ chunkBytes: 16 });
    const done = await putBlock(store, random.bytes(100));
    const writer = await store.create();
    await writer.write(random.bytes(90));
    await writer.hsync();
    await writer.write(random.bytes(3));
    await store.close();
    const path = random.pick(filesBelow(world.fs, '/v0'));
    changeFile(world.fs, path, (bytes) => {
      if (random.chance(0.3)) return bytes.subarray(0, random.between(0, bytes.length));
      if (bytes.length > 0)
        bytes[random.between(0, bytes.length - 1)]! ^= 1 << random.between(0, 7);
      return bytes;
    });
    try {
      await using again = await world.open();
      for (const { id, state } of again.list()) {
        if (state !== 'finalized') await again.recover(id);
        await readAll(again, id);
      }
      expect(again.list().length + again.loadReport.aside.length).toBeGreaterThan(1);
    } catch (error) {
      expect(error, path).toBeInstanceOf(StoreError);
    }
    // Whatever it was, the bytes are still there.
    expect(filesBelow(world.fs, '/v0').filter((one) => one.includes(`blk_${done.id}`)).length).toBe(
      2,
    );
    expect(blockFiles(world.fs, '/v0', done.id).data).not.toBe('');
  }
});
