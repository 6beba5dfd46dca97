/** Records of `__consumer_offsets`: round trips, old versions, bytes that are damaged. */
import { expect, test } from 'vitest';
import { decodeRecord, encodeRecord } from '../../../../../src/roles/broker/group/record-codec.ts';
import type { GroupRecord } from '../../../../../src/roles/broker/group/records.ts';
import { encodeGroupMetadataValue } from '../../../../../src/roles/broker/protocol/generated/group-metadata-value.ts';
import { encodeOffsetCommitValue } from '../../../../../src/roles/broker/protocol/generated/offset-commit-value.ts';
import { MalformedError } from '../../../../../src/roles/broker/protocol/wire.ts';

const topicId = 'AAAAAAAAAAAAAAAAAAAAAQ';
const owner = { groupId: 'g', memberId: 'm' };
const offset = {
  offset: 7,
  leaderEpoch: 2,
  metadata: 'é',
  commitTimestampMs: 1000,
  expireTimestampMs: -1,
};
const records: readonly GroupRecord[] = [
  { type: 1, groupId: 'g', topic: 't', partition: 3, value: offset },
  { type: 1, groupId: 'g', topic: 't', partition: 3, value: null },
  {
    type: 2,
    groupId: 'g',
    value: {
      protocolType: 'consumer',
      generation: 4,
      protocolName: 'range',
      leaderId: 'm',
      stateTimestampMs: 1000,
      members: [
        {
          memberId: 'm',
          instanceId: null,
          clientId: 'c',
          clientHost: '/h',
          rebalanceTimeoutMs: 1,
          sessionTimeoutMs: 2,
          subscription: new Uint8Array([1, 2]),
          assignment: new Uint8Array(),
        },
      ],
    },
  },
  { type: 3, groupId: 'g', value: { epoch: 4 } },
  { type: 4, groupId: 'g', value: { topics: [{ topicId, name: 't', partitionCount: 4 }] } },
  {
    type: 5,
    ...owner,
    value: {
      instanceId: 'i',
      rackId: null,
      clientId: 'c',
      clientHost: '/h',
      topicNames: ['t'],
      topicRegex: null,
      rebalanceTimeoutMs: 5,
      assignor: 'range',
    },
  },
  { type: 6, groupId: 'g', value: { epoch: 4 } },
  { type: 7, ...owner, value: { partitions: [{ topicId, partitions: [0, 1] }] } },
  {
    type: 8,
    ...owner,
    value: {
      memberEpoch: 4,
      previousMemberEpoch: 3,
      state: 1,
      assigned: [{ topicId, partitions: [0] }],
      pendingRevocation: [{ topicId, partitions: [1] }],
    },
  },
  { type: 8, ...owner, value: null },
];

test.each(records)('a record of type $type comes back as it was written', (record) => {
  const { key, value } = encodeRecord(record);
  expect(decodeRecord(key, value)).toMatchObject(record);
});

test('an offset of Kafka has the bytes that its broker writes', () => {
  const { key, value } = encodeRecord(records[0]!);
  expect(Buffer.from(key).toString('hex')).toBe('000100016700017400000003');
  expect(Buffer.from(value!).toString('hex')).toBe(
    '00030000000000000007000000020002c3a900000000000003e8',
  );
});

test('every version of the values is read; an offset with its own expiry is version 1', () => {
  for (const version of [0, 1, 2, 3, 4]) {
    const { key } = encodeRecord(records[0]!);
    const fields = { offset: 7, leaderEpoch: 2, metadata: 'x', commitMs: 1, expireMs: 9 };
    const decoded = decodeRecord(key, encodeOffsetCommitValue(fields, version));
    expect(decoded?.value).toMatchObject({
      offset: 7,
      leaderEpoch: version >= 3 ? 2 : -1,
      expireTimestampMs: version === 1 ? 9 : -1,
    });
    const group = {
      protocolType: 'consumer',
      generation: 2,
      protocol: null,
      leader: null,
      stateMs: 5,
      members: [],
    };
    const decodedGroup = decodeRecord(
      encodeRecord(records[2]!).key,
      encodeGroupMetadataValue(group, version),
    );
    expect(decodedGroup?.value).toMatchObject({
      generation: 2,
      stateTimestampMs: version >= 2 ? 5 : -1,
    });
  }
  const expiring = { ...offset, expireTimestampMs: 9 };
  const { value } = encodeRecord({
    type: 1,
    groupId: 'g',
    topic: 't',
    partition: 0,
    value: expiring,
  });
  expect(value?.[1]).toBe(1);
});

test('kinds of keys that are not known are passed over', () => {
  expect(decodeRecord(new Uint8Array([0, 16, 1]), null)).toBeUndefined();
  expect(decodeRecord(new Uint8Array([0]), null)).toBeUndefined();
});

test('cut and flipped bytes give an error of the codec or another record, never anything else', () => {
  const attempt = (key: Uint8Array, value: Uint8Array | null): void => {
    try {
      decodeRecord(key, value);
    } catch (error) {
      expect(error).toBeInstanceOf(MalformedError);
    }
  };
  for (const record of records) {
    const { key, value } = encodeRecord(record);
    for (let end = 0; end < key.length; end++) attempt(key.subarray(0, end), value);
    for (let end = 0; end < (value?.length ?? 0); end++) attempt(key, value!.subarray(0, end));
    for (const bytes of [key, value ?? new Uint8Array()]) {
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        attempt(key, value);
        bytes[bit >> 3]! ^= 1 << (bit & 7);
      }
    }
  }
});
