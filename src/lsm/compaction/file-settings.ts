/** What a store file is written with: options from its family, FILE_INFO of its making. */
import { ProtobufWriter } from '../../base/index.ts';
import type { HFileWriter } from '../files/hfile-writer.ts';
import type { HFileWriterOptions } from '../files/writer-options.ts';
import type { RewriteTask } from '../region/rewriter.ts';

type CompressionName = NonNullable<HFileWriterOptions['compression']>;

export function writerOptions(task: RewriteTask): HFileWriterOptions {
  const { family } = task;
  return {
    blockBytes: family.blockBytes,
    compression: family.compression as CompressionName,
    encoding: family.encoding,
    bloom: family.bloom,
    includesTags: task.includesTags,
    includesSequenceIds: task.includesSequenceIds,
    createTimeMs: task.nowMs,
  };
}

export function setStoreFileInfo(writer: HFileWriter, task: RewriteTask): void {
  const maxSequenceId = new Uint8Array(8);
  new DataView(maxSequenceId.buffer).setBigInt64(0, BigInt(task.maxSequenceId));
  writer.setFileInfo('MAX_SEQ_ID_KEY', maxSequenceId);
  writer.setFileInfo('MAJOR_COMPACTION_KEY', Uint8Array.of(task.isMajor ? 0xff : 0));
  const event = new ProtobufWriter();
  for (const name of task.compacted) event.writeString(1, name);
  const files = Buffer.concat([Buffer.from('PBUF'), event.finish()]);
  writer.setFileInfo('COMPACTION_EVENT_KEY', files);
}
