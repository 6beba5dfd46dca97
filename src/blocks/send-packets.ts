/**
 * Sends a range of a block as HDFS does on READ_BLOCK: from the beginning of a chunk to the end of
 * one, in packets with their sums, and an empty last packet. Not verified: the receiver does that,
 * end to end.
 */
import type { Writable } from 'node:stream';
import { IoError, throwIfAborted } from '../../native-free-io/index.ts';
import { shortData } from './damage.ts';
import { sumBytes } from './format/layout.ts';
import { encodePacketHeader } from './format/packet.ts';
import type { OpenBlock } from './open-blocks.ts';

/** What upstream's sender reads at once (dfs.datanode transfer buffer). */
const packetDataBytes = 64 << 10;

/** Returns the data bytes sent, those added for alignment with them. */
export async function sendPackets(
  block: OpenBlock,
  target: Writable,
  range: { start: number; end: number },
  signal: AbortSignal | undefined,
): Promise<number> {
  const { chunkBytes, checksum } = block.header;
  const { replica } = block;
  const bound = replica.length;
  const unit = checksum === 'none' ? 1 : chunkBytes;
  const start = range.start - (range.start % unit);
  const end = Math.min(Math.ceil(range.end / unit) * unit, bound);
  const most = Math.max(1, Math.floor(packetDataBytes / unit)) * unit;
  let sequence = 0;
  for (let at = start; at < end; at += most) {
    throwIfAborted(signal);
    const dataLength = Math.min(most, end - at);
    const sumsLength = checksum === 'none' ? 0 : Math.ceil(dataLength / unit) * sumBytes;
    const isLast = false;
    const header = encodePacketHeader({ position: at, sequence, isLast, dataLength, sumsLength });
    const packet = new Uint8Array(header.length + sumsLength + dataLength);
    packet.set(header);
    if (sumsLength > 0) {
      const sums = block.sums.read(at / unit, sumsLength / sumBytes, bound);
      packet.set(sums.bytes.subarray(sums.start, sums.start + sumsLength), header.length);
    }
    const into = header.length + sumsLength;
    const got = block.data.readSync(packet, into, dataLength, at);
    if (got < dataLength) throw shortData(replica, { path: block.data.path, position: at + got });
    await written(target, packet);
    sequence++;
  }
  const last = { position: end, sequence, isLast: true, dataLength: 0, sumsLength: 0 };
  await written(target, encodePacketHeader(last));
  return end - start;
}

/** Resolves when the stream has taken the bytes and will not look at them again. */
export function written(target: Writable, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    target.write(bytes, (error) => {
      if (error === undefined || error === null) resolve();
      else reject(new IoError('IO_CLOSED', 'the receiver closed its stream', { cause: error }));
    });
  });
}
