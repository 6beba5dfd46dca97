/** Inputs for the benches of sorting: records of 100 bytes, and lines of words. */
import { closeSync, openSync, writeSync } from 'node:fs';

const pieceRecords = 20_000;
const wordCount = 5000;

/** Draws 32 bits at a time: xorshift. */
class Draws {
  #state = 0x9e3779b9;

  next(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return this.#state >>> 0;
  }
}

/** Ten random printable bytes, a number, filling: lines of 100 bytes, as gensort -a makes them. */
export function makeRecords(path: string, bytes: number): number {
  const draws = new Draws();
  const filling = '  00002222000022220000222200002222000022220000000011113\n';
  return makeLines(path, bytes, (index) => {
    let key = '';
    for (let byte = 0; byte < 10; byte++) key += String.fromCharCode(32 + (draws.next() % 95));
    const number = index.toString(16).toUpperCase().padStart(32, '0');
    return `${key}  ${number}${filling}`;
  });
}

/** 5 to 24 words of a vocabulary of 5,000. */
export function makeText(path: string, bytes: number): number {
  const draws = new Draws();
  const words = Array.from({ length: wordCount }, () => {
    const length = 2 + (draws.next() % 9);
    return Array.from({ length }, () => String.fromCharCode(97 + (draws.next() % 26))).join('');
  });
  return makeLines(path, bytes, () => {
    const count = 5 + (draws.next() % 20);
    let line = words[draws.next() % wordCount]!;
    for (let word = 1; word < count; word++) line += ` ${words[draws.next() % wordCount]!}`;
    return `${line}\n`;
  });
}

/** Whole lines until there are `bytes` of them; returns how many lines. */
function makeLines(path: string, bytes: number, line: (index: number) => string): number {
  const fd = openSync(path, 'w');
  let written = 0;
  let index = 0;
  while (written < bytes) {
    let piece = '';
    for (let record = 0; record < pieceRecords; record++) piece += line(index++);
    written += writeSync(fd, piece, null, 'latin1');
  }
  closeSync(fd);
  return index;
}
