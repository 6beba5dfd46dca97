/** Records to commands and back, in every form; Hadoop judges in `test/interop/hadoop`. */
import { expect, test } from 'vitest';
import { ByteSink } from '../../../../native-free-io/index.ts';
import { writableNamed, type WritableName } from '../../../../src/hadoop/index.ts';
import { splitCommand } from '../../../../src/mapreduce/streaming/command-line.ts';
import { pairReader } from '../../../../src/mapreduce/streaming/pair-reader.ts';
import { recordWriter } from '../../../../src/mapreduce/streaming/record-writer.ts';
import {
  streamSettings,
  type StreamForm,
} from '../../../../src/mapreduce/streaming/stream-settings.ts';
import { toHex } from '../../../helpers/hex.ts';

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function settingsOf(form: StreamForm, more: Readonly<Record<string, string>> = {}) {
  return streamSettings('map', { 'stream.map.input': form, 'stream.map.output': form, ...more });
}

/** What a command in this form gets for one record. */
function sent(form: StreamForm, key: [WritableName, unknown], value: [WritableName, unknown]) {
  const regions = [key, value].map(([name, one]) => {
    const sink = ByteSink.growing();
    writableNamed(name).write(sink, one);
    return { bytes: sink.copyWritten(), start: 0, end: sink.length };
  });
  const out = ByteSink.growing();
  recordWriter({ stream: settingsOf(form), key: key[0], value: value[0] })(
    out,
    regions[0]!,
    regions[1]!,
  );
  return toHex(out.written);
}

test.each<[StreamForm, [WritableName, unknown], [WritableName, unknown], string]>([
  ['text', ['long', 7], ['text', 'ab'], toHex(bytesOf('7\tab\n'))],
  ['text', ['bytes', bytesOf('k')], ['typedBytes', bytesOf('v')], toHex(bytesOf('k\tv\n'))],
  ['keyonlytext', ['text', 'k'], ['text', 'v'], toHex(bytesOf('k\n'))],
  ['rawbytes', ['long', 7], ['text', 'ab'], '00000008000000000000000700000003026162'],
  ['rawbytes', ['bytes', bytesOf('k')], ['bytes', bytesOf('')], '000000016b00000000'],
  ['typedbytes', ['long', 7], ['text', 'ab'], '04000000000000000707000000026162'],
  ['typedbytes', ['int', -1], ['boolean', true], '03ffffffff0201'],
  ['typedbytes', ['vInt', 300], ['vLong', -2], '030000012c04fffffffffffffffe'],
  ['typedbytes', ['bytes', bytesOf('k')], ['typedBytes', bytesOf('v')], '00000000016b76'],
  [
    'typedbytes',
    ['short', 5],
    ['null', null],
    `320000002800000022${toHex(bytesOf('org.apache.hadoop.io.ShortWritable'))}0005` +
      `320000002500000021${toHex(bytesOf('org.apache.hadoop.io.NullWritable'))}`,
  ],
])('as %s a record of %j and %j is what Hadoop sends', (form, key, value, hex) => {
  expect(sent(form, key, value)).toBe(hex);
});

/** Pairs that a command's output is, come in pieces of so many bytes. */
function received(form: StreamForm, bytes: Uint8Array, size: number, more = {}) {
  const pairs: (string | null)[][] = [];
  const text = (part: Uint8Array | null) => (part === null ? null : Buffer.from(part).toString());
  const reader = pairReader(settingsOf(form, more), (key, value) =>
    pairs.push([text(key), text(value)]),
  );
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
  reader.end();
  return pairs;
}

const lines = 'a\t1\nb\n\t2\r\nc\t3\t4\rd\r\r\n\ne';
const raw = Buffer.from('000000016b0000000276770000000000000000', 'hex');
const typed = Buffer.from('0700000001610300000001020109040000000000000001ff', 'hex');

test.each<[StreamForm, Uint8Array, (string | null)[][]]>([
  [
    'text',
    bytesOf(lines),
    [
      ['a', '1'],
      ['b', ''],
      ['', '2'],
      ['c', '3\t4'],
      ['d', ''],
      ['', ''],
      ['', ''],
      ['e', ''],
    ],
  ],
  [
    'keyonlytext',
    bytesOf('a\tb\nc\r\n'),
    [
      ['a\tb', null],
      ['c', null],
    ],
  ],
  [
    'rawbytes',
    raw,
    [
      ['k', 'vw'],
      ['', ''],
    ],
  ],
  [
    'typedbytes',
    typed,
    [
      ['\x07\0\0\0\x01a', '\x03\0\0\0\x01'],
      ['\x02\x01', Buffer.from('09040000000000000001ff', 'hex').toString()],
    ],
  ],
])('pairs in the form %s come whole, whatever the pieces', (form, bytes, pairs) => {
  for (let size = 1; size <= bytes.length; size++) {
    expect(received(form, bytes, size), `pieces of ${size}`).toEqual(pairs);
  }
});

test('a line is cut after the fields of the key, at a separator of any length', () => {
  const more = {
    'stream.map.output.field.separator': '::',
    'stream.num.map.output.key.fields': '2',
  };
  expect(received('text', bytesOf('a::b::c::d\na::b\na:b\n'), 3, more)).toEqual([
    ['a::b', 'c::d'],
    ['a::b', ''],
    ['a:b', ''],
  ]);
});

test.each<[StreamForm, Uint8Array]>([
  ['rawbytes', raw],
  ['typedbytes', typed],
])('output in the form %s that ends within a record is told', (form, bytes) => {
  expect(() => received(form, bytes.subarray(0, bytes.length - 1), 4)).toThrow(
    expect.objectContaining({ code: 'MAPREDUCE_COMMAND_FAILED' }),
  );
});

test.each([
  ["tr ' ' '\\n'", ['tr', ' ', '\\n']],
  ["cut -d' ' -f1", ['cut', '-d', ' ', '-f1']],
  ['a  "b c"d', ['a', 'b c', 'd']],
  [`x '"' ""`, ['x', '"']],
])('the command %s has the words that Hadoop cuts it into', (command, words) => {
  expect(splitCommand(command)).toEqual(words);
});

test.each([
  { 'stream.map.input': 'xml' },
  { 'stream.num.map.output.key.fields': 'two' },
  { 'stream.map.output.field.separator': '' },
])('settings %j are refused', (settings) => {
  expect(() => streamSettings('map', settings)).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID' }),
  );
});
