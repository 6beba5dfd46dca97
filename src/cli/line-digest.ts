/**
 * SHA-256 of lines, each with its line end. Lines are gathered first: a call of the hash costs more
 * than the fifty bytes of a line.
 */
import { createHash } from 'node:crypto';

const gatheredBytes = 64 << 10;
const lineEnd = 0x0a;

export class LineDigest {
  readonly #hash = createHash('sha256');
  readonly #gathered = new Uint8Array(gatheredBytes);
  #used = 0;

  add(line: Uint8Array): void {
    if (this.#used + line.length + 1 > gatheredBytes) this.#flush();
    if (line.length >= gatheredBytes) {
      this.#hash.update(line).update('\n');
      return;
    }
    this.#gathered.set(line, this.#used);
    this.#used += line.length;
    this.#gathered[this.#used++] = lineEnd;
  }

  /** In hexadecimal; ends the digest. */
  hex(): string {
    this.#flush();
    return this.#hash.digest('hex');
  }

  #flush(): void {
    this.#hash.update(this.#gathered.subarray(0, this.#used));
    this.#used = 0;
  }
}
