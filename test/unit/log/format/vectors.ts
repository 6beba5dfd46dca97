/**
 * Bytes made by Apache Kafka's own classes: what ours are held against.
 */
import { fromHex } from '../../../helpers/hex.ts';

export const t0 = 1_700_000_000_000;

const threeRecords = `
  28 00 00 00 04 6b31 0a 68656c6c6f 04 02 68 02 76 02 6e 01
  16 00 0e 02 01 0a 776f726c64 00
  10 00 0a 04 04 6b31 01 00`;

/** Three records at offset 100, with headers, a null key and a null value. */
export const plainBatch: Uint8Array = fromHex(
  `0000000000000064 0000005b 00000005 02 6aaa22a1 0000 00000002 0000018bcfe56800 0000018bcfe56807
   ffffffffffffffff ffff ffffffff 00000003 ${threeRecords}`,
);

/** The same records: stamped by the log, transactional, of producer 4000 epoch 3 sequence 7. */
export const transactionalBatch: Uint8Array = fromHex(
  `0000000000000064 0000005b 00000005 02 ad05bd39 0018 00000002 0000018bcfe56800 0000018bcfe58f0f
   0000000000000fa0 0003 00000007 00000003 ${threeRecords}`,
);

/** COMMIT of producer 4000 epoch 3 at offset 200, coordinator epoch 9. */
export const commitMarker: Uint8Array = fromHex(
  `00000000000000c8 00000042 00000005 02 3a976004 0030 00000000 0000018bcfe56800 0000018bcfe56800
   0000000000000fa0 0003 ffffffff 00000001
   20 00 00 00 08 00000001 0c 000000000009 00`,
);

export const abortMarker: Uint8Array = fromHex(
  `00000000000000c8 00000042 00000005 02 cea9b64c 0030 00000000 0000018bcfe56800 0000018bcfe56800
   0000000000000fa0 0003 ffffffff 00000001
   20 00 00 00 08 00000000 0c 000000000009 00`,
);

/** What a cleaner leaves of offsets 100 to 102 when no record stays. */
export const emptyBatch: Uint8Array = fromHex(
  `0000000000000064 00000031 00000005 02 03a3dda7 0010 00000002 ffffffffffffffff 0000018bcfe56807
   0000000000000fa0 0003 00000007 00000000`,
);

/** A cleaned batch: time deltas count from the delete horizon. */
export const horizonBatch: Uint8Array = fromHex(
  `0000000000000064 00000048 00000005 02 5846cd5c 0040 00000002 0000018bd50d4aa0 0000018bcfe56807
   0000000000000fa0 0003 00000007 00000002
   14 00 b58abf52 02 02 62 01 00
   16 00 b18abf52 04 02 63 02 33 00`,
);

/** A producer's batch before and after a leader put it at offset 500, epoch 9, at its own time. */
export const beforeStamp: Uint8Array = fromHex(
  `0000000000000000 00000043 ffffffff 02 438f9b05 0000 00000001 0000018bcfe56800 0000018bcfe56805
   ffffffffffffffffffffffffffff 00000002 10000000026102310010000a020262023200`,
);
export const afterStamp: Uint8Array = fromHex(
  `00000000000001f4 00000043 00000009 02 ce30c904 0008 00000001 0000018bcfe56800 0000018bcfe58f0f
   ffffffffffffffffffffffffffff 00000002 10000000026102310010000a020262023200`,
);

/** Offset 100, key `k1`, value `hello`. */
export const messageV0: Uint8Array = fromHex(
  '0000000000000064 00000015 71ef5770 00 00 00000002 6b31 00000005 68656c6c6f',
);
export const messageV1: Uint8Array = fromHex(
  '0000000000000064 0000001d 9e349596 01 00 0000018bcfe56800 00000002 6b31 00000005 68656c6c6f',
);

/** Every sound entry of any version, for tests that damage bytes. */
export const allBatches: readonly (readonly [string, Uint8Array])[] = [
  ['plain', plainBatch],
  ['transactional', transactionalBatch],
  ['commit marker', commitMarker],
  ['abort marker', abortMarker],
  ['empty', emptyBatch],
  ['with a delete horizon', horizonBatch],
  ['stamped', afterStamp],
  ['message v0', messageV0],
  ['message v1', messageV1],
];
