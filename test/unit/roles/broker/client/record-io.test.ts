/** Where a record with a key goes: Java's clients and ours must agree. */
import { expect, test } from 'vitest';
import { partitionOfKey, murmur2 } from '../../../../../src/roles/broker/client/record-io.ts';

const utf8 = new TextEncoder();

test.each([
  ['21', -973_932_308],
  ['foobar', -790_332_482],
  ['abc', 479_470_107],
])("%j has the hash that Kafka's own tests name", (key, hash) => {
  expect(murmur2(utf8.encode(key)) | 0).toBe(hash);
});

test.each([
  ['user-1', 2],
  ['hello', 0],
])('%j lies in partition %i of three', (key, partition) => {
  expect(partitionOfKey(utf8.encode(key), 3)).toBe(partition);
});
