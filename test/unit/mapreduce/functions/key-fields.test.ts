/** Order and partitions by fields; `test/interop/hadoop` asks Hadoop's classes. */
import { expect, test } from 'vitest';
import { ByteSink } from '../../../../native-free-io/index.ts';
import { writables } from '../../../../src/hadoop/index.ts';
import {
  keyFieldComparator,
  keyFieldPartitioner,
} from '../../../../src/mapreduce/functions/key-field-order.ts';

function textOf(value: string): Uint8Array {
  const sink = ByteSink.growing();
  writables.text.write(sink, value);
  return sink.copyWritten();
}

function order(options: string, a: string, b: string): number {
  const compare = keyFieldComparator(writables.text, {
    'mapreduce.partition.keycomparator.options': options,
    'mapreduce.map.output.key.field.separator': '.',
  });
  const [left, right] = [textOf(a), textOf(b)];
  return Math.sign(compare(left, 0, left.length, right, 0, right.length));
}

test.each([
  ['', 'a', 'b', -1],
  ['-r', 'a', 'b', 1],
  ['-n', '9', '10', -1],
  ['-n', '-9', '-10', 1],
  ['-nr', '9', '10', 1],
  ['-n', '-0', '0', 0],
  ['-n', '007', '7x', -1],
  ['-k2,2', 'z.a', 'a.b', -1],
  ['-k2,2n', 'z.9', 'a.10', -1],
  ['-k1,1 -k2,2nr', 'a.9', 'a.10', 1],
  ['-k1.2,1.2', 'xb', 'ya', 1],
  ['-k1.2,1.2', 'xa', 'ya', 0],
  ['-k2', 'a', 'a.b', -1],
  ['-k2r', 'a', 'a.b', 1],
  ['-k2', 'a', 'b', 0],
  ['-k1,1', 'a.x', 'a.y', 0],
])("by '%s' %s and %s give %i", (options, a, b, expected) => {
  expect(order(options, a, b)).toBe(expected);
  expect(order(options, b, a)).toBe(expected === 0 ? 0 : -expected);
});

test.each([
  ['', 'hello', 99162322],
  ['-k1', 'hello', 99162322],
  ['-k1,1', 'hello.x', 99162322],
  ['-k2,2', 'x.hello', 99162322],
  ['-k1', 'é', -1978],
  ['-k3', 'a.b', 0],
  ['-k1', '', 0],
])("with '%s' the key '%s' has the hash %i", (options, key, hash) => {
  const settings = {
    'mapreduce.partition.keypartitioner.options': options,
    'mapreduce.map.output.key.field.separator': '.',
  };
  const partition = keyFieldPartitioner(writables.text, settings, 1000);
  const bytes = textOf(key);
  expect(partition(bytes, 0, bytes.length)).toBe((hash & 0x7fff_ffff) % 1000);
});

test('the fields that an old setting counts are the first ones; other types are taken as text', () => {
  const settings = { 'num.key.fields.for.partition': '1' };
  const partition = keyFieldPartitioner(writables.text, settings, 1000);
  const [a, b] = [textOf('hello\tx'), textOf('hello\ty')];
  expect(partition(a, 0, a.length)).toBe(99162322 % 1000);
  expect(partition(b, 0, b.length)).toBe(99162322 % 1000);
  const number = ByteSink.growing();
  writables.long.write(number, 7);
  const ofLongs = keyFieldPartitioner(writables.long, settings, 1000);
  expect(ofLongs(number.written, 0, number.length)).toBe('7'.charCodeAt(0));
});

test.each(['-x', '-rn', '-k', '-k1.', '-ka', '-k1,', '-k1,2x', '-k1n2'])(
  "the option '%s', which Hadoop passes over or cannot read, is refused",
  (options) => {
    expect(() => order(options, 'a', 'b')).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  },
);

test('keys that are no text, and separators of two bytes, are refused', () => {
  expect(() => keyFieldComparator(writables.long, {})).toThrow(/when they are text/);
  const settings = { 'mapreduce.map.output.key.field.separator': '::' };
  expect(() => keyFieldPartitioner(writables.text, settings, 2)).toThrow(/not one byte/);
});
