import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  GatherList,
  vectorsPerWrite,
  type VectorTarget,
} from '../../../../native-free-io/buffer/gather.ts';
import { codeOf, toHex } from './codes.ts';

/** Keeps the writes it gets: position and bytes of each. */
class Recorder implements VectorTarget {
  readonly counts: number[] = [];
  readonly written: number[] = [];
  writeVectorSync(sources: readonly Uint8Array[], position: number): void {
    expect(position).toBe(this.written.length);
    this.counts.push(sources.length);
    for (const source of sources) for (const byte of source) this.written.push(byte);
  }
  async writeVector(sources: readonly Uint8Array[], position: number): Promise<void> {
    this.writeVectorSync(sources, position);
  }
}

test('small neighbours become one vector and large views are referred to', () => {
  const list = new GatherList({ mergeBelowBytes: 8 });
  const large = new Uint8Array(8).fill(9);
  for (let i = 0; i < 5; i++) list.add(Uint8Array.of(i, i));
  list.add(large);
  list.add(Uint8Array.of(1, 2, 3, 4), 1, 3);
  const vectors = list.vectors();
  expect(vectors.map((vector) => toHex(vector))).toEqual([
    '00000101020203030404',
    '0909090909090909',
    '0203',
  ]);
  expect(vectors[1]).toBe(large);
  expect(list.length).toBe(20);
});

test('merged bytes are copies: the source may change before the write', () => {
  const list = new GatherList();
  const source = Uint8Array.of(1, 2, 3);
  list.add(source);
  source.fill(0);
  expect(toHex(list.vectors()[0]!)).toBe('010203');
});

test('asking for the vectors in between does not disturb the order', () => {
  const list = new GatherList();
  list.add(Uint8Array.of(1));
  expect(list.vectors()).toHaveLength(1);
  list.add(Uint8Array.of(2));
  const target = new Recorder();
  expect(list.writeSync(target, 0)).toBe(2);
  expect(target.written).toEqual([1, 2]);
});

test('a list longer than 1024 vectors is written in several calls', async () => {
  const list = new GatherList({ mergeBelowBytes: 0 });
  for (let i = 0; i < 2 * vectorsPerWrite + 3; i++) list.add(Uint8Array.of(i & 0xff, i >> 8));
  const target = new Recorder();
  expect(list.writeSync(target, 0)).toBe(list.length);
  expect(target.counts).toEqual([1024, 1024, 3]);
  const again = new Recorder();
  expect(await list.write(again, 0)).toBe(list.length);
  expect(again.counts).toEqual([1024, 1024, 3]);
  expect(again.written).toEqual(target.written);
});

test('random pieces come out as their concatenation, also after clear', () => {
  const list = new GatherList({ mergeBelowBytes: 30_000 });
  const piece = fc.nat(40_000).map((length) => new Uint8Array(length).fill(length & 0xff));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      list.clear();
      for (const bytes of pieces) list.add(bytes);
      const whole = Buffer.concat(pieces);
      expect(list.length).toBe(whole.length);
      expect(Buffer.compare(Buffer.concat(list.vectors()), whole)).toBe(0);
    }),
    { numRuns: 50 },
  );
});

test('an empty list writes nothing, and bad regions and too many copies are refused', () => {
  const list = new GatherList({ mergeLimitBytes: 10 });
  const target = new Recorder();
  list.add(new Uint8Array(0));
  expect(list.writeSync(target, 0)).toBe(0);
  expect(target.counts).toEqual([]);
  expect(codeOf(() => list.add(new Uint8Array(4), 2, 5))).toBe('IO_INVALID_ARGUMENT');
  expect(codeOf(() => list.add(new Uint8Array(4), 3, 2))).toBe('IO_INVALID_ARGUMENT');
  list.add(new Uint8Array(10));
  expect(codeOf(() => list.add(new Uint8Array(1)))).toBe('BUFFER_EXHAUSTED');
  list.clear();
  list.add(new Uint8Array(1));
  expect(list.length).toBe(1);
});
