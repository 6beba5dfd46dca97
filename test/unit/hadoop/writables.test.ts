import { expect, test } from 'vitest';
import { CorruptionError } from '../../../native-free-io/index.ts';
import {
  hashBytes,
  hashPartition,
  javaStringHash,
  reversed,
  writableNamed,
  writableOfClass,
  writables,
  type WritableType,
} from '../../../src/hadoop/index.ts';
import { codeOf } from '../../helpers/codes.ts';
import { fromHex, toHex, utf8 } from '../../helpers/hex.ts';
import { encodedAs } from '../../helpers/writables.ts';

const values: readonly { name: string; type: WritableType; ascending: readonly unknown[] }[] = [
  {
    name: 'text',
    type: writables.text,
    ascending: ['', 'a', 'ab', 'b', 'é', '日本', '😀'],
  },
  {
    name: 'int',
    type: writables.int,
    ascending: [-(2 ** 31), -1, 0, 1, 255, 256, 2 ** 31 - 1],
  },
  {
    name: 'long',
    type: writables.long,
    ascending: [-(2 ** 53) + 1, -1, 0, 127, 2 ** 40],
  },
  { name: 'short', type: writables.short, ascending: [-32768, -1, 0, 255, 32767] },
  { name: 'byte', type: writables.byte, ascending: [-128, -1, 0, 127] },
  { name: 'boolean', type: writables.boolean, ascending: [false, true] },
  {
    name: 'vInt',
    type: writables.vInt,
    ascending: [-(2 ** 31), -129, -113, -112, 0, 127, 128, 2 ** 31 - 1],
  },
  {
    name: 'vLong',
    type: writables.vLong,
    ascending: [-(2 ** 53) + 1, -113, 0, 128, 2 ** 53 - 1],
  },
  {
    name: 'float',
    type: writables.float,
    ascending: [-Infinity, -1.5, -0, 0, 0.5, Infinity, NaN],
  },
  {
    name: 'double',
    type: writables.double,
    ascending: [-Infinity, -1.5, -0, 0, 5e-324, Infinity, NaN],
  },
  { name: 'null', type: writables.null, ascending: [null] },
];

test.each(values)(
  'values of $name come back and sort as Java sorts them',
  ({ type, ascending }) => {
    const encoded = ascending.map((value) => encodedAs(type, value));
    for (const [i, a] of encoded.entries()) {
      expect(type.read(a, 0, a.length)).toEqual(ascending[i]);
      for (const [j, b] of encoded.entries()) {
        const order = Math.sign(type.compare(a, 0, a.length, b, 0, b.length));
        expect(order, `${i} ${j}`).toBe(Math.sign(i - j));
        expect(Math.sign(reversed(type.compare)(a, 0, a.length, b, 0, b.length))).toBe(
          Math.sign(j - i),
        );
      }
    }
  },
);

test.each(values)('bytes that are not one value of $name are refused', ({ type, ascending }) => {
  for (const value of ascending) {
    const whole = encodedAs(type, value);
    const longer = new Uint8Array([...whole, 0]);
    expect(() => type.read(longer, 0, longer.length)).toThrow(CorruptionError);
    for (let length = 0; length < whole.length; length++) {
      expect(() => type.read(whole, 0, length)).toThrow(CorruptionError);
    }
  }
});

/** Hash and partition for 10, as hadoop-common computes them. */
test.each([
  ['', 1, 1, 0],
  ['a', 128, 8, 97],
  ['hello', 127791473, 3, 99162322],
  ['Hadoop', -1253493882, 6, -2140997563],
  ['é', -1017, 1, 233],
  ['日本', 43436899, 9, 835047],
  ['😀', 350296, 6, 1772899],
  ['the quick brown fox', 893510946, 6, 1302335171],
])(
  'MR-29 the Text %j hashes as upstream and falls into its partition',
  (text, hash, part, java) => {
    const bytes = encodedAs(writables.text, text);
    expect(writables.text.hash(bytes, 0, bytes.length)).toBe(hash);
    expect(hashPartition(hash, 10)).toBe(part);
    expect(javaStringHash(text)).toBe(java);
  },
);

test('MR-29 the greatest negative hash falls into partition 0', () => {
  expect(javaStringHash('polygenelubricants')).toBe(-2147483648);
  expect(hashPartition(-2147483648, 3)).toBe(0);
  expect(hashPartition(javaStringHash('hello'), 3)).toBe(1);
  expect(hashBytes(fromHex('00ff80'), 0, 3)).toBe(29632);
});

test.each([
  ['double', 1, '1.0'],
  ['double', 1e10, '1.0E10'],
  ['double', 1234567.5, '1234567.5'],
  ['double', 12345678.5, '1.23456785E7'],
  ['double', 0.001, '0.001'],
  ['double', 0.0001, '1.0E-4'],
  ['double', -0, '-0.0'],
  ['double', 100, '100.0'],
  ['double', NaN, 'NaN'],
  ['double', -Infinity, '-Infinity'],
  ['double', 1.7976931348623157e308, '1.7976931348623157E308'],
  ['double', 5e-324, '4.9E-324'],
  ['float', Math.fround(0.1), '0.1'],
  ['float', Math.fround(16777216), '1.6777216E7'],
  ['float', Math.fround(3.4028235e38), '3.4028235E38'],
  ['int', -5, '-5'],
  ['boolean', true, 'true'],
  ['null', null, '(null)'],
] as const)('%s %d prints as Java prints it', (name, value, text) => {
  const type = writables[name] as WritableType;
  const bytes = encodedAs(type, value);
  expect(type.text(bytes, 0, bytes.length)).toBe(text);
});

test('64-bit values beyond the safe integers order, hash and print exactly, and read as a limit', () => {
  const least = fromHex('8000000000000000');
  const most = fromHex('7fffffffffffffff');
  const { long, vLong } = writables;
  expect(long.text(most, 0, 8)).toBe('9223372036854775807');
  expect(long.hash(most, 0, 8)).toBe(-1);
  expect(long.compare(least, 0, 8, most, 0, 8)).toBeLessThan(0);
  expect(codeOf(() => long.read(most, 0, 8))).toBe('BUFFER_NUMBER_RANGE');
  const variable = fromHex('807fffffffffffffff');
  expect(vLong.text(variable, 0, 9)).toBe('-9223372036854775808');
});

test('BytesWritable prints pairs and keeps any bytes; Text keeps them with textBytes', () => {
  const bytes = fromHex('00ff80');
  const written = encodedAs(writables.bytes, bytes);
  expect(toHex(written)).toBe('0000000300ff80');
  expect(writables.bytes.text(written, 0, written.length)).toBe('00 ff 80');
  expect(writables.bytes.hash(written, 0, written.length)).toBe(29632);
  const text = encodedAs(writables.textBytes, bytes);
  expect(toHex(text)).toBe('0300ff80');
  expect(toHex(writables.textBytes.read(text, 0, text.length))).toBe('00ff80');
  expect(toHex(encodedAs(writables.md5, new Uint8Array(16).fill(7)))).toBe('07'.repeat(16));
});

test('types are found by short name and by Java class, and no other', () => {
  expect(writableNamed('text')).toBe(writables.text);
  expect(writableNamed('org.apache.hadoop.io.Text')).toBe(writables.text);
  expect(writableOfClass('org.apache.hadoop.io.LongWritable')).toBe(writables.long);
  expect(codeOf(() => writableOfClass('java.lang.String'))).toBe('HADOOP_CLASS_UNKNOWN');
  expect(codeOf(() => writableNamed('constructor'))).toBe('HADOOP_CLASS_UNKNOWN');
  expect(utf8('x')).toHaveLength(1);
});
