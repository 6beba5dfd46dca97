import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteReader } from '../../../../native-free-io/buffer/cursor.ts';
import { ByteSink } from '../../../../native-free-io/buffer/sink.ts';
import { SlabPool } from '../../../../native-free-io/buffer/pool.ts';
import { codeOf, edgeNumbers, fromHex, toHex } from './codes.ts';

/** A kind of field: how it is written and read, and which numbers it takes. */
interface Kind {
  readonly least: number;
  readonly most: number;
  write(sink: ByteSink, value: number): void;
  read(reader: ByteReader): number;
}

const { MAX_SAFE_INTEGER: most53, MIN_SAFE_INTEGER: least53 } = Number;
const kinds: Readonly<Record<string, Kind>> = {
  uint8: { least: 0, most: 0xff, write: (s, v) => s.writeUint8(v), read: (r) => r.readUint8() },
  int8: { least: -0x80, most: 0x7f, write: (s, v) => s.writeInt8(v), read: (r) => r.readInt8() },
  uint16: {
    least: 0,
    most: 0xffff,
    write: (s, v) => s.writeUint16(v),
    read: (r) => r.readUint16(),
  },
  int16: {
    least: -0x8000,
    most: 0x7fff,
    write: (s, v) => s.writeInt16(v),
    read: (r) => r.readInt16(),
  },
  uint32: {
    least: 0,
    most: 0xffff_ffff,
    write: (s, v) => s.writeUint32(v),
    read: (r) => r.readUint32(),
  },
  int32: {
    least: -0x8000_0000,
    most: 0x7fff_ffff,
    write: (s, v) => s.writeInt32(v),
    read: (r) => r.readInt32(),
  },
  int64: {
    least: least53,
    most: most53,
    write: (s, v) => s.writeInt64(v),
    read: (r) => r.readInt64(),
  },
  uvarint: {
    least: 0,
    most: 0xffff_ffff,
    write: (s, v) => s.writeUvarint(v),
    read: (r) => r.readUvarint(),
  },
  varint: {
    least: -0x8000_0000,
    most: 0x7fff_ffff,
    write: (s, v) => s.writeVarint(v),
    read: (r) => r.readVarint(),
  },
  varlong: {
    least: least53,
    most: most53,
    write: (s, v) => s.writeVarlong(v),
    read: (r) => r.readVarlong(),
  },
  hadoopVInt: {
    least: -0x8000_0000,
    most: 0x7fff_ffff,
    write: (s, v) => s.writeHadoopVInt(v),
    read: (r) => r.readHadoopVInt(),
  },
  hadoopVLong: {
    least: least53,
    most: most53,
    write: (s, v) => s.writeHadoopVLong(v),
    read: (r) => r.readHadoopVLong(),
  },
};
const kindNames = Object.keys(kinds);
const kindOf = (name: string): Kind => {
  const kind = kinds[name];
  if (kind === undefined) throw new Error(name);
  return kind;
};

test.for(kindNames)('%s round-trips every edge of its range', (name) => {
  const kind = kindOf(name);
  const values = edgeNumbers(most53).filter((v) => v >= kind.least && v <= kind.most);
  const sink = ByteSink.growing({ initialBytes: 1 });
  for (const value of values) kind.write(sink, value);
  const reader = new ByteReader(sink.written);
  for (const value of values) expect(kind.read(reader)).toBe(value);
  expect(reader.remaining).toBe(0);
});

test.for(kindNames)('%s refuses numbers outside its range and fractions', (name) => {
  const kind = kindOf(name);
  const sink = ByteSink.growing();
  for (const value of [kind.least - 1, kind.most + 1, 0.5, Number.NaN]) {
    expect(codeOf(() => kind.write(sink, value))).toBe('BUFFER_NUMBER_RANGE');
  }
  expect(sink.length).toBe(0);
});

test.for(kindNames)('%s cut at any byte is refused and the reader stays', (name) => {
  const kind = kindOf(name);
  const sink = ByteSink.growing();
  kind.write(sink, kind.most);
  // Bytes that would make sense follow the cut, as in a slab: they must not be looked at.
  for (let cut = 0; cut < sink.length; cut++) {
    const reader = new ByteReader(sink.written, 0, cut);
    expect(codeOf(() => kind.read(reader))).toMatch(/^BUFFER_(OVERRUN|VARINT_MALFORMED)$/);
    expect(reader.position).toBe(0);
  }
});

test.for(kindNames)('%s does not fit a fixed sink that is one byte short', (name) => {
  const kind = kindOf(name);
  const measure = ByteSink.growing();
  kind.write(measure, kind.most);
  const bytes = new Uint8Array(measure.length + 8).fill(0xee);
  const target = { bytes, view: new DataView(bytes.buffer) };
  const sink = ByteSink.fixed(target, 4, 4 + measure.length - 1);
  expect(codeOf(() => kind.write(sink, kind.most))).toBe('BUFFER_OVERRUN');
  expect(sink.position).toBe(4);
  expect(toHex(bytes)).toBe('ee'.repeat(bytes.length));
  const roomy = ByteSink.fixed(target, 4, 4 + measure.length);
  kind.write(roomy, kind.most);
  expect(toHex(bytes)).toBe(`eeeeeeee${toHex(measure.written)}eeeeeeee`);
});

test('any sequence of fields comes back as it was written', () => {
  const field = fc.constantFrom(...kindNames).chain((name) => {
    const { least, most } = kindOf(name);
    return fc.tuple(fc.constant(name), fc.integer({ min: least, max: most }));
  });
  const small = fc.tuple(fc.constantFrom(...kindNames), fc.integer({ min: 0, max: 127 }));
  fc.assert(
    fc.property(fc.array(fc.oneof(small, field), { maxLength: 60 }), (fields) => {
      const sink = ByteSink.growing({ initialBytes: 3 });
      for (const [name, value] of fields) kindOf(name).write(sink, value);
      const reader = new ByteReader(sink.copyWritten());
      for (const [name, value] of fields) expect(kindOf(name).read(reader)).toBe(value);
      expect(reader.remaining).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test('integers are big-endian', () => {
  const sink = ByteSink.growing();
  sink.writeUint16(0x0102);
  sink.writeInt32(0x03040506);
  sink.writeInt64(0x0708_090a_0b0c);
  sink.writeBigInt64(-2n);
  expect(toHex(sink.written)).toBe('01020304050600000708090a0b0cfffffffffffffffe');
  const reader = new ByteReader(sink.written, 14);
  expect(reader.readBigInt64()).toBe(-2n);
});

test('readInt64 refuses an unsafe number and stays before it, so readBigInt64 can take it', () => {
  const reader = new ByteReader(fromHex('0020000000000001'));
  expect(codeOf(() => reader.readInt64())).toBe('BUFFER_NUMBER_RANGE');
  expect(reader.readBigInt64()).toBe(2n ** 53n + 1n);
});

test('a reader never leaves its region', () => {
  const reader = new ByteReader(fromHex('000102030405060708'), 2, 5);
  expect(reader.remaining).toBe(3);
  expect(codeOf(() => reader.readUint32())).toBe('BUFFER_OVERRUN');
  expect(codeOf(() => reader.skip(4))).toBe('BUFFER_OVERRUN');
  expect(codeOf(() => reader.skip(-1))).toBe('BUFFER_OVERRUN');
  expect(codeOf(() => reader.readView(Number.NaN))).toBe('BUFFER_OVERRUN');
  expect(codeOf(() => reader.seek(6))).toBe('BUFFER_OVERRUN');
  expect(codeOf(() => reader.seek(-1))).toBe('BUFFER_OVERRUN');
  reader.seek(5);
  expect(codeOf(() => reader.readUint8())).toBe('BUFFER_OVERRUN');
  reader.seek(2);
  expect(reader.readUint8()).toBe(2);
  expect(codeOf(() => new ByteReader(new Uint8Array(4), 2, 5))).toBe('IO_INVALID_ARGUMENT');
  expect(codeOf(() => new ByteReader(new Uint8Array(4), 3, 2))).toBe('IO_INVALID_ARGUMENT');
});

test('readView shares the bytes and readCopy does not', () => {
  const bytes = fromHex('0a0b0c0d');
  const reader = new ByteReader(bytes);
  const view = reader.readView(2);
  const copy = reader.readCopy(2);
  bytes.fill(0);
  expect(toHex(view)).toBe('0000');
  expect(toHex(copy)).toBe('0c0d');
});

test('reset aims a reader at a slab in kernel memory', () => {
  using slab = new SlabPool().lease(4096);
  const sink = ByteSink.fixed(slab, 100, 120);
  sink.writeInt64(77);
  sink.writeVarint(-5);
  const reader = new ByteReader(new Uint8Array(0));
  reader.reset(slab, 100, sink.position);
  expect([reader.readInt64(), reader.readVarint(), reader.remaining]).toEqual([77, -5, 0]);
});

test('a growing sink stops at its limit and keeps what it has', () => {
  const sink = ByteSink.growing({ initialBytes: 2, limitBytes: 10 });
  sink.writeInt64(1);
  expect(codeOf(() => sink.writeInt32(2))).toBe('BUFFER_OVERRUN');
  sink.writeInt16(2);
  expect(toHex(sink.written)).toBe('00000000000000010002');
  expect(codeOf(() => sink.writeUint8(0))).toBe('BUFFER_OVERRUN');
});

test('writeBytes takes regions, and reserve with patchInt32 fills in a length afterwards', () => {
  const sink = ByteSink.growing({ initialBytes: 1 });
  const at = sink.reserve(4);
  sink.writeBytes(fromHex('0102030405'), 1, 3);
  sink.writeBytes(fromHex('ff'));
  sink.patchInt32(at, sink.length - 4);
  expect(toHex(sink.written)).toBe('00000004020304ff');
  expect(codeOf(() => sink.patchInt32(5, 0))).toBe('BUFFER_OVERRUN');
  expect(codeOf(() => sink.writeBytes(new Uint8Array(2), 1, 2))).toBe('IO_INVALID_ARGUMENT');
  sink.clear();
  expect(sink.length).toBe(0);
});
