import { expect, test } from 'vitest';
import { WireReader, WireWriter } from '../../../../../src/roles/broker/protocol/wire.ts';

/** Short ones are written letter by letter, others by the runtime: both have to agree. */
const texts = [
  '',
  'a',
  'a'.repeat(31),
  'a'.repeat(32),
  'a'.repeat(33),
  'a'.repeat(200),
  '\u007f',
  '\u0080',
  'é'.repeat(16),
  'plain, then ü',
  'ü'.repeat(33),
  '日本語',
  'a \u{1f600} b',
  'lone \ud800',
  '\0',
];

for (const flexible of [false, true]) {
  test(`strings of any length and alphabet are what UTF-8 says, flexible ${flexible}`, () => {
    // So small that every string makes it grow somewhere.
    const writer = new WireWriter(4);
    writer.flexible = flexible;
    for (const text of texts) writer.string(text);
    const bytes = writer.copyBytes();
    const utf8 = texts.map((text) => Buffer.from(text));
    const expected = utf8.map((text) => {
      const { length } = text;
      if (!flexible) return Buffer.concat([Buffer.from([length >> 8, length & 0xff]), text]);
      const varint =
        length < 127 ? [length + 1] : [((length + 1) & 0x7f) | 0x80, (length + 1) >> 7];
      return Buffer.concat([Buffer.from(varint), text]);
    });
    expect(Buffer.from(bytes).toString('hex')).toBe(Buffer.concat(expected).toString('hex'));
    const reader = new WireReader(bytes);
    reader.flexible = flexible;
    expect(texts.map(() => reader.string())).toEqual(utf8.map((text) => text.toString()));
  });
}

test('bytes of a message are copies, as its place is read to again; records are views', () => {
  const message = new Uint8Array([0, 0, 0, 3, 1, 2, 3, 0, 0, 0, 2, 4, 5, 0, 4, 116, 101, 120, 116]);
  const reader = new WireReader(message);
  const bytes = reader.bytes();
  const records = reader.records();
  const text = reader.string();
  message.fill(9);
  expect([...bytes]).toEqual([1, 2, 3]);
  expect([...records]).toEqual([9, 9]);
  expect(text).toBe('text');
});
