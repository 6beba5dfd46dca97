/**
 * CRC-32C beside its own tables, zlib's CRC-32 and the copy that bytes outside kernel memory cost.
 */
import { crc32 as zlibCrc32 } from 'node:zlib';
import { crc32cPlain } from '../../native-free-io/checksum/crc32c-plain.ts';
import { computeChunks, crc32c, SlabPool, verifyChunks } from '../../native-free-io/index.ts';
import type { Contender, Workload, WorkloadFactory } from '../harness/workload.ts';

const length = 64 << 10;
const chunkBytes = 512;
/** Bytes per timed run. */
const runBytes = 512 << 20;

interface Places {
  /** A slab in kernel memory. */
  readonly inPlace: Uint8Array;
  readonly outside: Uint8Array;
}

function places(): Places {
  const outside = Uint8Array.from({ length }, (_, index) => Math.imul(index, 2_654_435_761) >>> 13);
  const inPlace = new SlabPool({ name: 'bench' }).lease(length).bytes;
  inPlace.set(outside);
  return { inPlace, outside };
}

function repeated(name: string, work: () => unknown): Contender {
  const operations = runBytes / length;
  return {
    name,
    async run() {
      for (let turn = 0; turn < operations; turn++) work();
      return { bytes: runBytes, operations };
    },
  };
}

function workload(
  name: string,
  contenders: readonly Contender[],
  targets: Workload['targets'],
): Workload {
  const parameters = { bytes: length, chunkBytes };
  return { name, unit: 'GB/s', parameters, rounds: 7, contenders, targets };
}

export const checksum64KiB: WorkloadFactory = async () => {
  const { inPlace, outside } = places();
  return workload(
    'CRC-32C of 64 KiB',
    [
      repeated('varve crc32c, in place', () => crc32c(inPlace, 0, length)),
      repeated('varve crc32c, copied in', () => crc32c(outside, 0, length)),
      repeated('varve crc32cPlain (tables)', () => crc32cPlain(outside, 0, length)),
      repeated('zlib.crc32 (another polynomial)', () => zlibCrc32(outside)),
    ],
    [{ contender: 'varve crc32c, in place', atLeast: 10 }],
  );
};

export const checksumPer512: WorkloadFactory = async () => {
  const { inPlace, outside } = places();
  const sums = new Uint8Array((length / chunkBytes) * 4);
  const [here, there] = [inPlace, outside].map((bytes) => ({
    bytes,
    start: 0,
    end: length,
    chunkBytes,
    sums,
  })) as [Parameters<typeof verifyChunks>[1], Parameters<typeof verifyChunks>[1]];
  computeChunks('crc32c', here);
  return workload(
    'verify a CRC-32C per 512 bytes',
    [
      repeated('varve verifyChunks, in place', () => verifyChunks('crc32c', here)),
      repeated('varve verifyChunks, copied in', () => verifyChunks('crc32c', there)),
      repeated('zlib.crc32 per chunk (another polynomial)', () => eachChunk(outside)),
    ],
    [{ contender: 'varve verifyChunks, in place', atLeast: 8 }],
  );
};

export const computePer512: WorkloadFactory = async () => {
  const { inPlace, outside } = places();
  const sums = new Uint8Array((length / chunkBytes) * 4);
  const chunked = { bytes: inPlace, start: 0, end: length, chunkBytes, sums };
  return workload(
    'compute a CRC-32C per 512 bytes',
    [
      repeated('varve computeChunks, in place', () => computeChunks('crc32c', chunked)),
      repeated('zlib.crc32 per chunk (another polynomial)', () => eachChunk(outside)),
    ],
    [],
  );
};

function eachChunk(bytes: Uint8Array): number {
  let all = 0;
  for (let at = 0; at < length; at += chunkBytes) {
    all ^= zlibCrc32(bytes.subarray(at, at + chunkBytes));
  }
  return all;
}
