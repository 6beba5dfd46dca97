import { expect, test } from 'vitest';
import {
  apis,
  type AnyApi,
  type ApiName,
} from '../../../../../src/roles/broker/protocol/generated/apis.ts';
import {
  MalformedError,
  WireReader,
  WireWriter,
} from '../../../../../src/roles/broker/protocol/wire.ts';
import { allMessages, randomStruct, type Next } from '../../../../helpers/kafka-messages.ts';
import { Seeded, seedFor } from '../../../../helpers/seeded.ts';

const seed = seedFor('codecs of the Kafka protocol');

interface Sample {
  readonly what: string;
  readonly api: AnyApi;
  readonly version: number;
  readonly value: Record<string, unknown>;
  readonly isRequest: boolean;
}

const messages = (await allMessages()).filter(({ kind }) => kind === 'api');

function samples(next: Next): Sample[] {
  return messages.flatMap((message) => {
    const name = (message.name[0]!.toLowerCase() + message.name.slice(1)) as ApiName;
    const api = apis[name] as unknown as AnyApi;
    const versions = Array.from({ length: api.max - api.min + 1 }, (_, at) => api.min + at);
    return versions.flatMap((version) =>
      [true, false].map((isRequest) => ({
        what: `${message.name} ${isRequest ? 'request' : 'response'} v${version}`,
        api,
        version,
        isRequest,
        value: randomStruct(isRequest ? message.request : message.response, version, next),
      })),
    );
  });
}

function encode({ api, version, value, isRequest }: Sample): Uint8Array {
  const writer = new WireWriter();
  writer.flexible = version >= api.flexible;
  if (isRequest) api.writeRequest(writer, version, value as never);
  else api.writeResponse(writer, version, value as never);
  return writer.copyBytes();
}

function decode({ api, version, isRequest }: Sample, bytes: Uint8Array): unknown {
  const reader = new WireReader(bytes);
  reader.flexible = version >= api.flexible;
  const value = isRequest ? api.readRequest(reader, version) : api.readResponse(reader, version);
  if (reader.remaining !== 0) throw new Error(`${reader.remaining} bytes are left`);
  return value;
}

/** Buffers and Uint8Arrays of the same bytes are the same here. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? 0 : value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

test('every message of every version comes back as it was written', () => {
  const random = new Seeded(seed);
  const next = (): number => random.next();
  for (let round = 0; round < 2; round++) {
    for (const sample of samples(next)) {
      const found = plain(decode(sample, encode(sample)));
      expect(found, `${sample.what}, seed ${seed}`).toEqual(plain(sample.value));
    }
  }
});

test('a message cut at any byte is malformed, and none is read beyond its end', () => {
  const random = new Seeded(seed);
  const next = (): number => random.next();
  for (const sample of samples(next)) {
    const bytes = encode(sample);
    const step = Math.max(1, Math.floor(bytes.length / 60));
    for (let length = 0; length < bytes.length; length += step) {
      const cut = (): unknown => decode(sample, bytes.subarray(0, length));
      expect(cut, `${sample.what} cut at ${length}, seed ${seed}`).toThrow(MalformedError);
    }
  }
});

test('damaged messages are read or malformed, nothing else, and quickly', () => {
  const random = new Seeded(seed);
  const next = (): number => random.next();
  for (const sample of samples(next)) {
    const bytes = encode(sample);
    for (let round = 0; round < 8 && bytes.length > 0; round++) {
      const damaged = Uint8Array.from(bytes);
      const at = Math.floor(next() * bytes.length);
      const isHuge = next() < 0.3;
      damaged[at] = isHuge ? 0x7f : damaged[at]! ^ (1 << Math.floor(next() * 8));
      if (isHuge) damaged.fill(0xff, at + 1, at + 4);
      try {
        decode(sample, damaged);
      } catch (error) {
        const isLeft = error instanceof Error && /bytes are left/.test(error.message);
        const where = `${sample.what} at ${at}, seed ${seed}: ${String(error)}`;
        expect(isLeft || error instanceof MalformedError, where).toBe(true);
      }
    }
  }
});

test('unknown tags are skipped, repeated ones are malformed', () => {
  const write = (tags: readonly number[]): WireReader => {
    const writer = new WireWriter();
    writer.flexible = true;
    writer.uvarint(tags.length);
    for (const tag of tags) {
      const mark = writer.openTag(tag);
      writer.int32(7);
      writer.closeTag(mark);
    }
    const reader = new WireReader(writer.copyBytes());
    reader.flexible = true;
    return reader;
  };
  const fine = write([3, 900]);
  fine.skipTags();
  expect(fine.remaining).toBe(0);
  expect(() => write([3, 3]).skipTags()).toThrow(MalformedError);
});

test('a list longer than its message is refused before anything is made for it', () => {
  const writer = new WireWriter();
  writer.int32(0x7fffffff);
  const reader = new WireReader(writer.copyBytes());
  expect(() => reader.array(0, reader.readInt8)).toThrow(MalformedError);
});

test('a null where the schema forbids it is malformed, except for lists', () => {
  const reader = (value: number): WireReader => {
    const writer = new WireWriter();
    writer.int32(value);
    return new WireReader(writer.copyBytes());
  };
  expect(() => reader(-1).bytes()).toThrow(MalformedError);
  expect(reader(-1).array(0, (r) => r.int8())).toEqual([]);
});

test('a field that a version has no place for is not lost silently', () => {
  const writer = new WireWriter();
  const value = {
    groupId: 'g',
    memberId: '',
    members: [{ memberId: 'm', instanceId: null, reason: null }],
  };
  expect(() => apis.leaveGroup.writeRequest(writer, 1, value)).toThrow(/no field members/);
});

/** Key, least and greatest version, first flexible one: kept apart from the schemas on purpose. */
const pinned = `
0 3-12 9, 1 4-17 12, 2 1-9 6, 3 0-12 9, 8 2-9 8, 9 1-9 6, 10 0-6 3, 11 0-9 6, 12 0-4 4, 13 0-5 4,
14 0-5 4, 15 0-5 5, 16 0-5 3, 17 0-1 -, 18 0-4 3, 19 2-7 5, 20 1-6 4, 21 0-2 2, 22 0-5 2, 23 2-4 4,
24 0-5 3, 25 0-4 3, 26 0-5 3, 27 0-1 1, 28 0-5 3, 29 1-3 2, 30 1-3 2, 31 1-3 2, 32 1-4 4, 33 0-2 2,
34 1-2 2, 35 1-4 2, 36 0-2 2, 37 0-3 2, 42 0-2 2, 43 0-2 2, 44 0-1 1, 45 0-0 0, 46 0-0 0, 47 0-0 -,
48 0-1 1, 49 0-1 1, 50 0-0 0, 51 0-0 0, 60 0-1 0, 61 0-0 0, 65 0-0 0, 66 0-1 0, 75 0-0 0`;

test('keys and versions are those of the pinned table', () => {
  const found = new Map(
    Object.values(apis).map(({ key, min, max, flexible }) => [
      String(key),
      `${min}-${max} ${flexible === Infinity ? '-' : flexible}`,
    ]),
  );
  for (const row of pinned.split(',')) {
    const [key, ...rest] = row.trim().split(' ');
    expect(found.get(key!), `api ${key}`).toBe(rest.join(' '));
  }
});
