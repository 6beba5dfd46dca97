/**
 * A client's batch in the codec that its log wants (`compression.type`): decoded and built anew,
 * with producer, sequence and times as they came.
 *
 * Upstream: apache/kafka: storage/.../log/LogValidator.java (buildRecordsAndAssignOffsets);
 *           behaviour kept, code our own.
 */
import { codecOf, levelsOf } from './compression-settings.ts';
import { RecordCursor } from './format/batch-decoder.ts';
import { BatchBuilder, type RecordInput } from './format/batch-encoder.ts';
import type { BatchHeader } from './format/batch-header.ts';
import { BatchVerdict, verifyBatch, verifyRecords } from './format/batch-verifier.ts';
import { attributesPosition, codecMask, magicPosition } from './format/layout.ts';
import type { LogCore } from './log-core.ts';

const verdict = new BatchVerdict();
/** Of records that unpack to more an append makes an error. */
const mostUnpacked = 64;

/**
 * Undefined where the bytes are to be appended as they are: the codec is right, or something is
 * wrong with them that the append will say.
 */
export function recodeBatch(core: LogCore, bytes: Uint8Array): Uint8Array | undefined {
  const { config } = core;
  if (config['compression.type'] === 'producer') return undefined;
  const codec = codecOf(core, undefined);
  const limit = config['max.message.bytes'];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length > limit || !isWhole(bytes, view)) return undefined;
  if ((view.getInt16(attributesPosition) & codecMask) === codec) return undefined;
  const maxLength = limit * mostUnpacked;
  if (verifyRecords(bytes, view, 0, { maxLength }).status !== 'ok') return undefined;
  const cursor = RecordCursor.open(bytes, { maxLength });
  if (cursor.header.isControl || cursor.header.isLogAppendTime) return undefined;
  const records: RecordInput[] = [];
  while (cursor.next()) records.push(cursor.record());
  return build(core, cursor.header, { codec, records, maxLength });
}

/** One batch of version 2 with a checksum that is right. */
function isWhole(bytes: Uint8Array, view: DataView): boolean {
  verifyBatch(bytes, view, 0, bytes.length, { checksum: true, verdict });
  return verdict.status === 'ok' && verdict.size === bytes.length && bytes[magicPosition] === 2;
}

function build(
  core: LogCore,
  header: BatchHeader,
  wanted: {
    readonly codec: number;
    readonly records: readonly RecordInput[];
    readonly maxLength: number;
  },
): Uint8Array {
  using builder = new BatchBuilder();
  builder.reset({
    baseOffset: header.baseOffset,
    codec: wanted.codec,
    level: levelsOf(core),
    now: core.env.clock.now(),
    maxBytes: wanted.maxLength,
    producerId: header.producerId,
    producerEpoch: header.producerEpoch,
    baseSequence: header.baseSequence,
    transactional: header.isTransactional,
  });
  builder.appendAll(wanted.records, 0);
  const { bytes, start, length } = builder.finish();
  return new Uint8Array(bytes.subarray(start, start + length));
}
