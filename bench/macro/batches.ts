/** Encoded batches for workloads that begin with bytes from a client. */
import { SlabPool } from '../../native-free-io/index.ts';
import { PartitionLog } from '../../src/log/index.ts';

export const valueBytes = 100;
const slabs = new SlabPool({ name: 'bench' });

/** About `size` bytes of one batch of 100-byte values, offsets as a producer sends them. */
export async function readyBatch(scratch: string, size: number): Promise<Uint8Array> {
  const dir = `${scratch}/made-${size}-0`;
  const log = await PartitionLog.open({ dir, config: { 'max.message.bytes': 1 << 24 } });
  const count = Math.floor((size - 61) / (valueBytes + 10));
  await log.append(Array.from({ length: count }, (_, index) => ({ value: value(index) })));
  // In a slab, where a server reads what a client sends.
  const { bytes } = slabs.lease(size * 2);
  let length = 0;
  for await (const batch of log.read()) {
    bytes.set(batch.bytes);
    length = batch.bytes.length;
  }
  await log.close();
  return bytes.subarray(0, length);
}

export function value(seed: number): Uint8Array {
  const bytes = new Uint8Array(valueBytes);
  for (let at = 0; at < valueBytes; at++) bytes[at] = (seed * 31 + at * 7) & 0xff;
  return bytes;
}
