/** The cases of `our-logs.ts`: what varve's log is made to write. */
import { expect } from 'vitest';
import { codecNames, reindexPartition, type RecordInput } from '../../../src/log/index.ts';
import { dense, type CaseWriter, type LogCase } from './our-logs.ts';

const rolling = { ...dense, 'segment.bytes': 2000 };

/** Records with all that a record can have. */
function assortment(now: number, label: string): RecordInput[] {
  return [
    { key: 'k1', value: `first of ${label}`, timestamp: now },
    { key: null, value: `no key in ${label}`, timestamp: now + 7 },
    { key: 'k2', value: null, timestamp: now + 5 },
    { key: '', value: '', timestamp: now + 5 },
    {
      key: 'k3',
      value: `headers of ${label}`,
      timestamp: now + 8,
      headers: [
        { key: 'h', value: '1' },
        { key: 'h', value: '2' },
        { key: 'null', value: null },
        { key: 'empty', value: '' },
        { key: 'ключ', value: 'значение' },
      ],
    },
    { key: 'bytes', value: Uint8Array.of(0, 1, 0x80, 0xff), timestamp: now - 3 },
  ];
}

/** Text of many blocks for every codec that still compresses to little. */
function longText(label: string): string {
  let text = '';
  for (let line = 0; text.length < 150_000; line++) text += `${label}, line ${line % 100}; `;
  return text;
}

async function codecs(writer: CaseWriter): Promise<void> {
  for (const codec of codecNames) {
    writer.append(assortment(writer.env.time.now(), codec), codec);
    writer.append([{ key: codec, value: 'a batch of one' }], codec);
    writer.append([{ key: codec, value: longText(codec) }], codec);
    writer.env.time.advance(1000);
  }
}

/**
 * Overlapping transactions with plain batches between, committed and aborted; the last stays open.
 */
export function transactions(writer: CaseWriter, rounds: number): void {
  const inside = { transactional: true };
  for (let round = 0; round < rounds; round++) {
    writer.produce(4000n, 2, inside);
    writer.produce(4001n, 3, inside);
    writer.produce(5000n, 1);
    writer.steady(2);
    writer.produce(4000n, 1, inside);
    writer.end(4000n, round % 2 === 0);
    writer.produce(4001n, 1, inside);
    writer.end(4001n, round % 3 === 0);
    writer.env.time.advance(50);
  }
}

async function compacted(writer: CaseWriter): Promise<void> {
  for (let round = 0; round < 4; round++) {
    writer.steady(12, round % 2 === 0 ? 'none' : 'zstd');
    writer.append([{ key: `key ${round}`, value: null }]);
    transactions(writer, 1);
    await writer.log.roll();
  }
  writer.append([{ key: 'last', value: 'stays' }]);
  const { done, recordsRead, recordsKept } = await writer.log.compact();
  expect(done && recordsKept < recordsRead).toBe(true);
}

async function truncated(writer: CaseWriter): Promise<void> {
  writer.steady(60);
  for (const offset of [97, 96, 50]) {
    await writer.truncateTo(offset);
    writer.steady(5, 'lz4');
  }
}

/** The log start moved by request, old segments gone by retention. */
async function shortened(writer: CaseWriter): Promise<void> {
  writer.produce(7n, 2);
  writer.steady(80);
  await writer.log.deleteRecordsBefore(75);
  expect((await writer.log.applyRetention()).segments).toBeGreaterThan(1);
  writer.forgetBefore(75);
  writer.steady(5);
}

async function restarted(writer: CaseWriter): Promise<void> {
  for (let round = 0; round < 4; round++) {
    writer.produce(7n, 2);
    writer.steady(13);
    await writer.close();
    await writer.open();
  }
}

/** Closed, its indexes thrown away and built anew. */
async function reindexed(writer: CaseWriter): Promise<void> {
  transactions(writer, 3);
  writer.steady(40);
  await writer.close();
  await reindexPartition({ dir: writer.dir });
  await writer.open();
}

export const logCases: readonly LogCase[] = [
  { name: 'empty', write: () => Promise.resolve() },
  { name: 'codecs', write: codecs },
  {
    name: 'steady',
    write: async (writer) => {
      for (const codec of codecNames) writer.steady(120, codec);
    },
  },
  {
    name: 'rolled-by-size',
    config: rolling,
    write: async (writer) => {
      writer.steady(80);
      writer.steady(40, 'snappy');
    },
  },
  {
    name: 'rolled-by-time',
    config: { ...dense, 'segment.ms': 200 },
    write: async (writer) => writer.steady(60),
  },
  {
    name: 'rolled-by-full-index',
    config: { 'index.interval.bytes': 100, 'segment.index.bytes': 60 },
    write: async (writer) => writer.steady(60),
  },
  { name: 'transactions', config: rolling, write: async (writer) => transactions(writer, 12) },
  {
    name: 'transaction-open',
    config: rolling,
    write: async (writer) => {
      transactions(writer, 3);
      writer.produce(4000n, 2, { transactional: true });
      writer.steady(3);
    },
  },
  {
    name: 'idempotent',
    config: rolling,
    write: async (writer) => {
      for (let n = 0; n < 60; n++) writer.produce(BigInt(1 + ((n * n) % 7)), 1 + (n % 3));
    },
  },
  {
    name: 'compacted',
    config: { ...dense, 'cleanup.policy': 'compact' },
    gaps: true,
    untracked: true,
    write: compacted,
  },
  { name: 'truncated', config: rolling, gaps: true, write: truncated },
  {
    name: 'emptied',
    config: rolling,
    write: async (writer) => {
      writer.steady(40);
      await writer.log.truncateFullyAndStartAt(1000);
      writer.forgetBefore(1000);
      writer.steady(30);
    },
  },
  { name: 'shortened', config: { ...rolling, 'retention.ms': -1 }, write: shortened },
  {
    name: 'log-append-time',
    config: { ...rolling, 'message.timestamp.type': 'LogAppendTime' },
    write: async (writer) => {
      writer.append(assortment(5, 'a producer without a clock'));
      for (const codec of codecNames) writer.steady(12, codec);
    },
  },
  {
    name: 'recompressed',
    config: { ...dense, 'compression.type': 'gzip' },
    write: async (writer) => writer.steady(30, 'lz4'),
  },
  {
    name: 'preallocated',
    config: { ...rolling, preallocate: true },
    write: async (writer) => writer.steady(60),
  },
  {
    name: 'copied-with-gaps',
    config: { ...dense, 'segment.bytes': 4000 },
    gaps: true,
    untracked: true,
    write: async (writer) => {
      for (const [n, at] of [0, 5, 2 ** 31 - 3, 2 ** 31, 2 ** 31 + 9, 2 ** 40].entries()) {
        writer.copy(at, 1 + (n % 3));
        writer.env.time.advance(10);
      }
    },
  },
  { name: 'restarted', config: { ...dense, 'segment.bytes': 3000 }, write: restarted },
  { name: 'reindexed', config: rolling, write: reindexed },
];
