import { expect, test } from 'vitest';
import { javaStringHash, partitionOfKey } from '../../../../src/roles/shared/key-partition.ts';

test.each([
  ['', 0, 0],
  ['test', 3_556_498, 48],
  ['my-group', -1_906_497_762, 12],
  ['console-consumer-12345', 158_455_506, 6],
  ['group1', -1_237_460_590, 40],
  ['tx-1', 3_572_520, 20],
  ['é', 233, 33],
  ['😀', 1_772_899, 49],
  ['polygenelubricants', -2_147_483_648, 0],
])(
  'KF-78 %j hashes as in Java and lies in the partition that Kafka takes',
  (key, hash, partition) => {
    expect(javaStringHash(key)).toBe(hash);
    expect(partitionOfKey(key, 50)).toBe(partition);
  },
);
