/**
 * Records on their way from a command: bytes in pieces, keys and values out.
 *
 * Lines end at LF, CR and CRLF, as upstream; a record of lengths that is cut off fails with
 * MAPREDUCE_COMMAND_FAILED.
 *
 * Upstream: apache/hadoop: streaming/io/{Text,RawBytes,TypedBytes,KeyOnlyText}OutputReader.java
 * (Apache-2.0); forms kept, code our own.
 */
import { ByteReader, IoError } from '../../../native-free-io/index.ts';
import { typedBytesEnd } from '../../hadoop/index.ts';
import { cutAtField, LineCutter } from './lines.ts';
import type { StreamSettings } from './stream-settings.ts';

/** Key and value are views, valid during the call; null where the form has no value. */
export type OnPair = (key: Uint8Array, value: Uint8Array | null) => void;

export interface PairReader {
  push(piece: Uint8Array): void;
  end(): void;
}

type OutputSettings = Pick<StreamSettings, 'output' | 'outputSeparator' | 'keyFields'>;

export function pairReader(stream: OutputSettings, onPair: OnPair): PairReader {
  const { output, outputSeparator, keyFields } = stream;
  if (output === 'keyonlytext') {
    return new LineCutter((line) => onPair(line, null), { endsAtCr: true });
  }
  if (output === 'text') {
    return new LineCutter((line) => onPair(...cutAtField(line, outputSeparator, keyFields)), {
      endsAtCr: true,
    });
  }
  return output === 'rawbytes'
    ? new ValuePairs(rawEnd, rawHeaderBytes, onPair)
    : new ValuePairs(typedBytesEnd, 0, onPair);
}

/** Where a value ends; past `end` when there is more to come. */
type EndOf = (bytes: Uint8Array, start: number, end: number) => number;

const rawHeaderBytes = 4;

function rawEnd(bytes: Uint8Array, start: number, end: number): number {
  if (start + rawHeaderBytes > end) return start + rawHeaderBytes;
  const length = new ByteReader(bytes, start, end).readInt32();
  if (length < 0) throw broken(`a length of ${length}`);
  return start + rawHeaderBytes + length;
}

/** Pairs of values that tell where they end. */
class ValuePairs implements PairReader {
  readonly #endOf: EndOf;
  readonly #headerBytes: number;
  readonly #onPair: OnPair;
  #held: Uint8Array = new Uint8Array(64 << 10);
  #length = 0;
  /** Below this there is no use in looking. */
  #enough = 0;

  constructor(endOf: EndOf, headerBytes: number, onPair: OnPair) {
    this.#endOf = endOf;
    this.#headerBytes = headerBytes;
    this.#onPair = onPair;
  }

  push(piece: Uint8Array): void {
    this.#hold(piece);
    if (this.#length >= this.#enough) this.#take();
  }

  end(): void {
    this.#take();
    if (this.#length > 0) throw broken(`it ended within a record, after ${this.#length} bytes`);
  }

  #hold(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#held.length) {
      const grown = new Uint8Array(length * 2);
      grown.set(this.#held.subarray(0, this.#length));
      this.#held = grown;
    }
    this.#held.set(piece, this.#length);
    this.#length = length;
  }

  #take(): void {
    const bytes = this.#held;
    const end = this.#length;
    let at = 0;
    this.#enough = 0;
    while (at < end) {
      const keyEnd = this.#endOf(bytes, at, end);
      const valueEnd = keyEnd > end ? keyEnd : this.#endOf(bytes, keyEnd, end);
      if (valueEnd > end) {
        // A long value is looked at again only when half as much more has come.
        const missing = Math.max(valueEnd - end, (end - at) >>> 1);
        this.#enough = end - at + missing;
        break;
      }
      const skip = this.#headerBytes;
      this.#onPair(bytes.subarray(at + skip, keyEnd), bytes.subarray(keyEnd + skip, valueEnd));
      at = valueEnd;
    }
    bytes.copyWithin(0, at, end);
    this.#length = end - at;
  }
}

function broken(reason: string): IoError {
  return new IoError('MAPREDUCE_COMMAND_FAILED', `the output of a command: ${reason}`);
}
