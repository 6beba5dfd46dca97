/**
 * Records on their way to a command, in the form that its input has.
 *
 * Upstream: apache/hadoop: streaming/io/{Text,RawBytes,TypedBytes,KeyOnlyText}InputWriter.java,
 * typedbytes/TypedBytesWritableOutput.java (Apache-2.0); forms kept, code our own. Texts go into
 * typed bytes as they are; upstream puts U+FFFD for what is no UTF-8.
 */
import type { ByteSink } from '../../../native-free-io/index.ts';
import {
  bytesContentStart,
  textStart,
  typeCodes,
  writableNamed,
  writables,
  type WritableName,
  type WritableType,
} from '../../hadoop/index.ts';
import type { StreamSettings } from './stream-settings.ts';

/** One serialized value. */
export interface Region {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

export interface WriterOptions {
  readonly stream: Pick<StreamSettings, 'input' | 'inputSeparator'>;
  readonly key: WritableName;
  readonly value: WritableName;
  /** Of text: values alone. */
  readonly isKeyLeftOut?: boolean;
}

export type RecordToBytes = (sink: ByteSink, key: Region, value: Region) => void;

type Put = (sink: ByteSink, region: Region) => void;

const lf = 10;
const encoder = new TextEncoder();

export function recordWriter({ stream, key, value, isKeyLeftOut }: WriterOptions): RecordToBytes {
  const { input, inputSeparator } = stream;
  if (input === 'text') {
    const [putKey, putValue] = [asText(key), asText(value)];
    return (sink, keyRegion, valueRegion) => {
      if (isKeyLeftOut !== true) {
        putKey(sink, keyRegion);
        sink.writeBytes(inputSeparator);
      }
      putValue(sink, valueRegion);
      sink.writeUint8(lf);
    };
  }
  if (input === 'keyonlytext') {
    const putKey = asText(key);
    return (sink, keyRegion) => {
      putKey(sink, keyRegion);
      sink.writeUint8(lf);
    };
  }
  const as = input === 'rawbytes' ? asRawBytes : asTypedBytes;
  const [putKey, putValue] = [as(key), as(value)];
  return (sink, keyRegion, valueRegion) => {
    putKey(sink, keyRegion);
    putValue(sink, valueRegion);
  };
}

function classOf(name: WritableName): string {
  return writableNamed(name).className;
}

function isBytes(name: WritableName): boolean {
  return name === 'bytes' || name === 'typedBytes';
}

/** A value as a line has it: texts and bytes as they are, others as Java prints them. */
export function asText(name: WritableName): Put {
  const type: WritableType = writableNamed(name);
  const contentStart =
    classOf(name) === writables.text.className
      ? textStart
      : isBytes(name)
        ? bytesContentStart
        : undefined;
  if (contentStart === undefined) {
    return (sink, { bytes, start, end }) =>
      sink.writeBytes(encoder.encode(type.text(bytes, start, end)));
  }
  return (sink, { bytes, start, end }) => {
    const from = contentStart(bytes, start, end);
    sink.writeBytes(bytes, from, end - from);
  };
}

/** Bytes behind a length: of a BytesWritable its content, of others the whole value. */
function asRawBytes(name: WritableName): Put {
  const hasLength = isBytes(name);
  return (sink, { bytes, start, end }) => {
    if (!hasLength) sink.writeInt32(end - start);
    sink.writeBytes(bytes, start, end - start);
  };
}

/** Types whose serialized value is the payload of a typed one. */
const samePayload: Partial<Record<WritableName, number>> = {
  bytes: typeCodes.bytes,
  byte: typeCodes.byte,
  boolean: typeCodes.boolean,
  int: typeCodes.int,
  long: typeCodes.long,
  float: typeCodes.float,
  double: typeCodes.double,
};

function asTypedBytes(name: WritableName): Put {
  const code = samePayload[name];
  if (code !== undefined) {
    return (sink, { bytes, start, end }) => {
      sink.writeUint8(code);
      sink.writeBytes(bytes, start, end - start);
    };
  }
  if (name === 'typedBytes') return asText(name);
  if (classOf(name) === writables.text.className) {
    return (sink, { bytes, start, end }) => {
      const from = textStart(bytes, start, end);
      sink.writeUint8(typeCodes.string);
      sink.writeInt32(end - from);
      sink.writeBytes(bytes, from, end - from);
    };
  }
  if (name === 'vInt') {
    return (sink, { bytes, start, end }) => {
      sink.writeUint8(typeCodes.int);
      sink.writeInt32(writables.vInt.read(bytes, start, end));
    };
  }
  if (name === 'vLong') {
    return (sink, { bytes, start, end }) => {
      sink.writeUint8(typeCodes.long);
      sink.writeBigInt64(BigInt(writables.vLong.text(bytes, start, end)));
    };
  }
  // Any other Writable: the name of its class before it.
  const nameBytes = encoder.encode(classOf(name));
  return (sink, { bytes, start, end }) => {
    sink.writeUint8(typeCodes.writable);
    sink.writeInt32(4 + nameBytes.length + end - start);
    sink.writeInt32(nameBytes.length);
    sink.writeBytes(nameBytes);
    sink.writeBytes(bytes, start, end - start);
  };
}
