/** Typed bytes against what Hadoop 3.4.2 printed for the same values. */
import { expect, test } from 'vitest';
import { ByteSink, CorruptionError } from '../../../native-free-io/index.ts';
import { typedBytesEnd, typedBytesText, writables } from '../../../src/hadoop/index.ts';
import { fromHex } from '../../helpers/hex.ts';

const golden: readonly (readonly [hex: string, text: string])[] = [
  ['00 00000002 01ff', '01ff'],
  ['01 ff', '-1'],
  ['02 01', 'true'],
  ['03 00000005', '5'],
  ['04 ffffffff00000000', '-4294967296'],
  ['05 3fc00000', '1.5'],
  ['06 3ff8000000000000', '1.5'],
  ['07 00000002 6869', 'hi'],
  ['08 00000002 01ff 063ff8000000000000', '[-1, 1.5]'],
  ['09 040000000000000007 053fc00000 ff', '[7, 1.5]'],
  ['0a 00000002 070000000 17a 0201 0700000001 6b 0200', '{k=false, z=true}'],
  ['0a 00000002 030000000a 0200 0300000009 0200', '{9=false, 10=false}'],
  ['c8 00000001 0f', '0f'],
  ['08 00000000', '[]'],
  ['09 ff', '[]'],
];

test.each(golden)('the value %s prints as %s', (hex, text) => {
  const bytes = fromHex(hex.replaceAll(' ', ''));
  expect(typedBytesText(bytes, 0, bytes.length)).toBe(text);
  expect(typedBytesEnd(bytes, 0, bytes.length)).toBe(bytes.length);
  const sink = ByteSink.growing();
  writables.typedBytes.write(sink, bytes);
  expect(writables.typedBytes.text(sink.written, 0, sink.length)).toBe(text);
  expect(writables.typedBytes.read(sink.written, 0, sink.length)).toEqual(bytes);
});

test.each(golden)('the value %s, cut anywhere, asks for more and is none yet', (hex) => {
  const bytes = fromHex(hex.replaceAll(' ', ''));
  for (let end = 0; end < bytes.length; end++) {
    expect(typedBytesEnd(bytes, 0, end)).toBeGreaterThan(end);
    expect(() => typedBytesText(bytes, 0, end)).toThrow(CorruptionError);
  }
});

test('values with flipped bits are values or refused, never anything else', () => {
  for (const [hex] of golden) {
    const bytes = fromHex(hex.replaceAll(' ', ''));
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const bent = new Uint8Array(bytes);
      bent[bit >> 3]! ^= 1 << (bit & 7);
      try {
        expect(typeof typedBytesText(bent, 0, bent.length)).toBe('string');
      } catch (error) {
        expect(error).toBeInstanceOf(CorruptionError);
        expect(error).toMatchObject({ code: 'HADOOP_CORRUPT_WRITABLE' });
      }
    }
  }
});

test('values nested without end are refused before the stack is full', () => {
  const deep = new Uint8Array(100_000).fill(9);
  expect(() => typedBytesEnd(deep, 0, deep.length)).toThrow(/nested too deeply/);
});
