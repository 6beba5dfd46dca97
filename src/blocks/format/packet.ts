/**
 * Packets in which HDFS streams a block: lengths, a small protobuf header, sums, data.
 *
 *    0          4        6           6 + HLEN
 *    +----------+--------+-----------+-------+------
 *    | PLEN     | HLEN   | header    | sums  | data     PLEN = 4 + sums + data
 *    +----------+--------+-----------+-------+------
 *
 * Header (fields little-endian): 1 offsetInBlock sfixed64, 2 seqno sfixed64, 3 last bool, 4 dataLen
 * sfixed32. Upstream: apache/hadoop: PacketHeader.java, BlockSender.java.
 */
import {
  packetHeaderBytes,
  packetHeaderLengthPosition,
  packetHeaderPosition,
  packetLengthPosition,
} from './layout.ts';

export interface PacketHeader {
  /** Position of the data in the block. */
  readonly position: number;
  readonly sequence: number;
  readonly isLast: boolean;
  readonly dataLength: number;
  readonly sumsLength: number;
}

/** Everything before the sums. */
export function encodePacketHeader(header: PacketHeader): Uint8Array {
  const bytes = new Uint8Array(packetHeaderPosition + packetHeaderBytes);
  const view = new DataView(bytes.buffer);
  view.setInt32(packetLengthPosition, 4 + header.sumsLength + header.dataLength);
  view.setInt16(packetHeaderLengthPosition, packetHeaderBytes);
  let at = packetHeaderPosition;
  at = fixed64(view, at, 0x09, header.position);
  at = fixed64(view, at, 0x11, header.sequence);
  view.setUint8(at, 0x18);
  view.setUint8(at + 1, header.isLast ? 1 : 0);
  view.setUint8(at + 2, 0x25);
  view.setInt32(at + 3, header.dataLength, true);
  return bytes;
}

function fixed64(view: DataView, at: number, tag: number, value: number): number {
  view.setUint8(at, tag);
  view.setUint32(at + 1, value % 2 ** 32, true);
  view.setInt32(at + 5, Math.floor(value / 2 ** 32), true);
  return at + 9;
}
