/** Encoded batches for workloads that begin with bytes from a client. */
import { writeFileSync } from 'node:fs';
import { PartitionLog } from '../../src/log/index.ts';

export const valueBytes = 100;

/** About `size` bytes of one batch of 100-byte values, offsets as a producer sends them. */
export async function readyBatch(scratch: string, size: number): Promise<Uint8Array> {
  const dir = `${scratch}/made-${size}-0`;
  const log = await PartitionLog.open({ dir, config: { 'max.message.bytes': 1 << 24 } });
  const count = Math.floor((size - 61) / (valueBytes + 8));
  await log.append(Array.from({ length: count }, (_, index) => ({ value: value(index) })));
  let bytes = new Uint8Array(0);
  for await (const batch of log.read()) bytes = new Uint8Array(batch.bytes);
  await log.close();
  writeFileSync(`${scratch}/made`, bytes);
  return bytes;
}

export function value(seed: number): Uint8Array {
  const bytes = new Uint8Array(valueBytes);
  for (let at = 0; at < valueBytes; at++) bytes[at] = (seed * 31 + at * 7) & 0xff;
  return bytes;
}
