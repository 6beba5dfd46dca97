/** Tasks of teragen and teravalidate: one file each. */
import { CorruptionError, crc32 } from '../../../native-free-io/index.ts';
import type { Env } from '../../env/index.ts';
import { TeraGenerator, teraKeyBytes, teraRecordBytes, type TeraForm } from './record.ts';

export interface TeraGenInput {
  readonly path: string;
  readonly form: TeraForm;
  readonly first: number;
  readonly count: number;
}

/** What valsort says of a file. Checksums are sums of CRC-32s modulo 2^128, in hex. */
export interface TeraSummary {
  readonly records: number;
  readonly unordered: number;
  /** Number of the first record below the one before it; -1 when there is none. */
  readonly firstUnordered: number;
  /** Records with the key of the one before. */
  readonly duplicates: number;
  readonly checksum: string;
  /** First and last record; empty when there are none. */
  readonly first: Uint8Array;
  readonly last: Uint8Array;
}

const pieceRecords = 10_000;
/** Sums of so many 32-bit numbers are exact. */
const exactSums = 1_000_000;

/** Writes records to a new file; returns their checksum. */
export function generateTera({ path, form, first, count }: TeraGenInput, { fs }: Env): string {
  const file = fs.openSync(path, 'create');
  try {
    file.truncateSync(0);
    const generator = new TeraGenerator(form, first);
    const checksum = new TeraChecksum();
    const piece = new Uint8Array(pieceRecords * teraRecordBytes);
    for (let done = 0; done < count; done += pieceRecords) {
      const records = Math.min(pieceRecords, count - done);
      for (let record = 0; record < records; record++) {
        generator.write(piece, record * teraRecordBytes);
        checksum.add(piece, record * teraRecordBytes);
      }
      file.writeSync(piece, 0, records * teraRecordBytes, done * teraRecordBytes);
    }
    return checksum.hex();
  } finally {
    file.closeSync();
  }
}

export function validateTera({ path }: { readonly path: string }, { fs }: Env): TeraSummary {
  const file = fs.openSync(path, 'read');
  try {
    const size = file.sizeSync();
    if (size % teraRecordBytes !== 0) {
      const position = size - (size % teraRecordBytes);
      throw new CorruptionError('SORT_PARTIAL_RECORD', 'the last record is not whole', {
        context: { path, position },
      });
    }
    const walk = new TeraWalk();
    const piece = new Uint8Array(pieceRecords * teraRecordBytes);
    for (let position = 0; position < size; position += piece.length) {
      walk.take(piece, file.readSync(piece, 0, piece.length, position));
    }
    return walk.summary();
  } finally {
    file.closeSync();
  }
}

/** The rules of valsort: keys of neighbours are compared, equal ones are duplicates. */
export class TeraWalk {
  readonly #checksum = new TeraChecksum();
  readonly #last = new Uint8Array(teraRecordBytes);
  #first: Uint8Array = new Uint8Array();
  #records = 0;
  #unordered = 0;
  #firstUnordered = -1;
  #duplicates = 0;

  take(bytes: Uint8Array, length: number): void {
    for (let at = 0; at < length; at += teraRecordBytes) {
      this.#checksum.add(bytes, at);
      if (this.#records === 0) this.#first = Uint8Array.from(bytes.subarray(at, at + 100));
      else this.#judge(bytes, at);
      this.#last.set(bytes.subarray(at, at + teraRecordBytes));
      this.#records++;
    }
  }

  summary(): TeraSummary {
    return {
      records: this.#records,
      unordered: this.#unordered,
      firstUnordered: this.#firstUnordered,
      duplicates: this.#duplicates,
      checksum: this.#checksum.hex(),
      first: this.#first,
      last: this.#records === 0 ? new Uint8Array() : this.#last,
    };
  }

  #judge(bytes: Uint8Array, at: number): void {
    for (let byte = 0; byte < teraKeyBytes; byte++) {
      const order = this.#last[byte]! - bytes[at + byte]!;
      if (order < 0) return;
      if (order === 0) continue;
      this.#unordered++;
      if (this.#firstUnordered < 0) this.#firstUnordered = this.#records;
      return;
    }
    this.#duplicates++;
  }
}

class TeraChecksum {
  #total = 0n;
  #sum = 0;
  #count = 0;

  add(bytes: Uint8Array, at: number): void {
    this.#sum += crc32(bytes, at, at + teraRecordBytes);
    if (++this.#count % exactSums === 0) this.#carry();
  }

  hex(): string {
    this.#carry();
    return this.#total.toString(16);
  }

  #carry(): void {
    this.#total = BigInt.asUintN(128, this.#total + BigInt(this.#sum));
    this.#sum = 0;
  }
}
