import { expect, test } from 'vitest';
import { FrameSplitter } from '../../../../../src/roles/broker/connection/frame-splitter.ts';
import { Seeded, seedFor } from '../../../../helpers/seeded.ts';

const seed = seedFor('frames in pieces');

/** A stream of frames, each filled with one number, and what they hold. */
class Sender {
  readonly splitter: FrameSplitter = new FrameSplitter(1 << 20, { lends: true });
  readonly #random: Seeded;
  readonly #sizes: number[] = [];
  #waiting: Uint8Array = new Uint8Array(0);
  #next = 0;
  #taken = 0;

  constructor(random: Seeded) {
    this.#random = random;
  }

  /** A piece that ends anywhere, as what was read into a buffer that is about to change. */
  piece(): Uint8Array {
    while (this.#waiting.length < 60_000) {
      const size = this.#random.between(0, this.#random.chance(0.5) ? 200 : 50_000);
      this.#sizes.push(size);
      const frame = Buffer.alloc(4 + size, this.#next++ & 0xff);
      frame.writeInt32BE(size);
      this.#waiting = Buffer.concat([this.#waiting, frame]);
    }
    const length = 1 + this.#random.between(0, 40_000);
    const piece = new Uint8Array(this.#waiting.subarray(0, length));
    this.#waiting = this.#waiting.subarray(length);
    return piece;
  }

  check({ bytes, start, end }: { bytes: Uint8Array; start: number; end: number }): void {
    expect(end - start).toBe(this.#sizes[this.#taken]);
    const wrong = bytes.subarray(start, end).findIndex((byte) => byte !== (this.#taken & 0xff));
    expect(wrong).toBe(-1);
    this.#taken++;
  }
}

test('a frame stays as it is until the next one is asked for, whatever others receive', () => {
  const random = new Seeded(seed);
  const senders = [new Sender(random), new Sender(random), new Sender(random)];
  for (let turn = 0; turn < 600; turn++) {
    const [one, other] = [senders[random.between(0, 2)]!, senders[random.between(0, 2)]!];
    const piece = one.piece();
    one.splitter.push(piece);
    for (let frame = one.splitter.next(); frame !== undefined; frame = one.splitter.next()) {
      if (other !== one && random.between(0, 7) === 0) receive(other);
      one.check(frame);
    }
    one.splitter.keep();
    piece.fill(0xaa);
  }
});

function receive(sender: Sender): void {
  const piece = sender.piece();
  sender.splitter.push(piece);
  for (let frame = sender.splitter.next(); frame !== undefined; frame = sender.splitter.next()) {
    sender.check(frame);
  }
  sender.splitter.keep();
  piece.fill(0xaa);
}
