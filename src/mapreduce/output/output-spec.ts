/** What a job's output is, as plain data, and what writes one task's part of it. */
import type { Env } from '../../env/index.ts';
import type { HadoopCodecName } from '../../hadoop/index.ts';

export type OutputSpec =
  | {
      readonly format: 'text';
      readonly dir: string;
      /** Between key and value. Default tab. */
      readonly separator: string;
      readonly codec: HadoopCodecName | undefined;
    }
  | {
      readonly format: 'sequence';
      readonly dir: string;
      readonly compression: 'none' | 'record' | 'block';
      readonly codec: HadoopCodecName | undefined;
    }
  | {
      readonly format: 'module';
      readonly dir: string;
      readonly href: string;
      readonly name: string;
      readonly detail: unknown;
    };

/** One task's part of the output. */
export interface RecordWriter {
  /** Regions hold one serialized key and one value. */
  write(record: WrittenRecord): void;
  /** Called between batches: lets what was written flow on. */
  drain(): Promise<void>;
  /** Ends the part, contents synced. */
  close(): Promise<void>;
  /** After a failure: gives handles back. Idempotent, also after `close`. */
  abandon(): Promise<void>;
  readonly bytesWritten: number;
}

export interface WrittenRecord {
  readonly bytes: Uint8Array;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly valueEnd: number;
}

/** What a module exports that writes parts of its own. */
export type WriterFactory = (
  request: {
    /** Directory of the attempt, which is there; whatever is in it is committed. */
    readonly dir: string;
    /** `part-r-00000`. */
    readonly name: string;
    readonly keyClass: string;
    readonly valueClass: string;
    readonly detail: unknown;
  },
  env: Env,
) => RecordWriter | Promise<RecordWriter>;
