/** The hashes of Bloom filters against values of upstream's classes. */
import { expect, test } from 'vitest';
import { jenkinsHash, murmur3Hash, murmurHash } from '../../../../src/lsm/format/bloom-hash.ts';

const hex = (hash: number): string => (hash >>> 0).toString(16).padStart(8, '0');

test.each([
  ['', '00000000', '00000000', '00000000', 'deadbeef'],
  ['61', '92685f5e', '5b2b9c66', '3c2569b2', '58d68708'],
  ['616263', '13577c9b', 'f369e600', 'b3dd93fa', '0e397631'],
  ['61626364', '26873021', 'e0ba3fa1', '43ed676a', 'b5f4889c'],
  ['68656c6c6f', 'e56129cb', 'a4d8ee06', '248bfa47', '34cbbc6e'],
  ['726f7730303031', '2d009a18', '55596ee5', '539c0796', '9de6d9d4'],
  ['ff', '992c0759', '20aeb023', 'fd6cf10d', '2c43362b'],
  ['80ff', '492df95c', 'bbc2e8f6', '9a20e01b', '20a9175f'],
  ['8081fe', '8ffcafee', '78baab79', 'd280f380', '754435ad'],
  ['01ff0203fffefd', '8c082234', '699d6e5c', 'a6d559f8', '2e29026f'],
])('the hashes of %s', (key, ...expected) => {
  const [murmur, again, murmur3, jenkins] = expected;
  const bytes = Buffer.from(key, 'hex');
  const first = murmurHash(bytes, 0, bytes.length, 0);
  expect(hex(first)).toBe(murmur);
  expect(hex(murmurHash(bytes, 0, bytes.length, first))).toBe(again);
  expect(hex(murmur3Hash(bytes, 0, bytes.length, 0))).toBe(murmur3);
  expect(hex(jenkinsHash(bytes, 0, bytes.length, 0))).toBe(jenkins);
});
