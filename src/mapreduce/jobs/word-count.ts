/**
 * Counts words: runs of bytes without white space, as Hadoop's example cuts them (space, tab, LF,
 * CR, FF).
 *
 * Counts are kept in a table as words are met and put out when it is full, which is a combiner that
 * runs while mapping; the counters tell the words as map output and as combine input.
 */
import { LimitError } from '../../../native-free-io/index.ts';
import type { LineRegions, RecordBatch } from '../input/record-reader.ts';
import type { MapHost, Mapper } from '../functions/mapper.ts';
import { WordTable } from '../map/word-table.ts';

const mostWords = 1 << 18;
const mostBytes = 8 << 20;
/** Long words are counted one by one: the table would hold few of them. */
const longWord = 1 << 20;
/** A LongWritable, and the length byte of a short Text. */
const overheadBytes = 9;

/** 1 for bytes that separate words. */
const isSpace = new Uint8Array(256);
for (const byte of [0x20, 0x09, 0x0a, 0x0d, 0x0c]) isSpace[byte] = 1;

export class WordCountMapper implements Mapper {
  readonly #host: MapHost;
  readonly #table = new WordTable(mostWords, mostBytes);
  #words = 0;
  #wordBytes = 0;

  constructor(host: MapHost) {
    this.#host = host;
  }

  run(batch: RecordBatch): void {
    const lines = batch.lines ?? encodedLines(batch);
    for (let index = 0; index < batch.count; index++) {
      this.#countIn(lines.bytes, lines.starts[index]!, lines.ends[index]!);
    }
  }

  finish(): void {
    this.#putOut();
    const { counters } = this.#host;
    counters.addTask('MAP_OUTPUT_RECORDS', this.#words);
    counters.addTask('MAP_OUTPUT_BYTES', this.#wordBytes + overheadBytes * this.#words);
    counters.addTask('COMBINE_INPUT_RECORDS', this.#words);
  }

  #countIn(bytes: Uint8Array, start: number, end: number): void {
    const table = this.#table;
    let words = 0;
    let wordBytes = 0;
    for (let at = start; at < end;) {
      if (isSpace[bytes[at]!] === 1) {
        at++;
        continue;
      }
      const from = at;
      do at++;
      while (at < end && isSpace[bytes[at]!] === 0);
      words++;
      wordBytes += at - from;
      if (!table.add(bytes, from, at)) this.#makeRoom(bytes, from, at);
    }
    this.#words += words;
    this.#wordBytes += wordBytes;
  }

  #makeRoom(bytes: Uint8Array, from: number, to: number): void {
    if (to - from > longWord) {
      const word = new TextDecoder().decode(bytes.subarray(from, to));
      this.#host.counters.addTask('COMBINE_OUTPUT_RECORDS');
      this.#host.collector.collectCombined(word, 1);
      return;
    }
    this.#putOut();
    if (!this.#table.add(bytes, from, to)) {
      throw new LimitError('MAPREDUCE_RECORD_TOO_LARGE', `a word of ${to - from} bytes`);
    }
  }

  #putOut(): void {
    const { collector, counters } = this.#host;
    counters.addTask('COMBINE_OUTPUT_RECORDS', this.#table.size);
    const decoder = new TextDecoder();
    this.#table.forEach((bytes, start, end, count) =>
      collector.collectCombined(decoder.decode(bytes.subarray(start, end)), count),
    );
    this.#table.clear();
    this.#host.context.alive();
  }
}

/** Records that are no lines, made into some. */
function encodedLines(batch: RecordBatch): LineRegions {
  const texts = Array.from({ length: batch.count }, (_, index) =>
    Buffer.from(String(batch.value(index))),
  );
  const bytes = new Uint8Array(Buffer.concat(texts));
  const starts = new Int32Array(batch.count);
  const ends = new Int32Array(batch.count);
  let at = 0;
  for (const [index, text] of texts.entries()) {
    starts[index] = at;
    at += text.length;
    ends[index] = at;
  }
  return { bytes, starts, ends };
}
