/**
 * A partition that producers write to: what the log of a broker does about epochs, sequences and
 * markers, in little.
 */
import { ErrorCode } from '../../../src/roles/shared/error-code.ts';
import { SimLog } from '../storage.ts';
import type { World } from '../world.ts';

interface Entry {
  readonly producerId: number;
  readonly epoch: number;
  readonly sequence: number;
  /** Undefined in a marker. */
  readonly value: string | undefined;
  readonly committed: boolean;
}

interface Producer {
  epoch: number;
  sequence: number;
  isOpen: boolean;
}

export class DataPartition {
  readonly #log: SimLog<Entry>;
  #producers = new Map<number, Producer>();
  #seen: { readonly durableCount: number; readonly values: readonly string[] } = {
    durableCount: 0,
    values: [],
  };

  constructor(world: World) {
    this.#log = new SimLog(world);
  }

  isOpen(producerId: number, epoch: number): boolean {
    const known = this.#producers.get(producerId);
    return known?.isOpen === true && known.epoch === epoch;
  }

  produce(
    batch: { producerId: number; producerEpoch: number; sequence: number; value: string },
    durable: () => void,
  ): ErrorCode {
    const { producerId, producerEpoch: epoch, sequence, value } = batch;
    const known = this.#producers.get(producerId);
    if (known !== undefined && epoch < known.epoch) return ErrorCode.invalidProducerEpoch;
    const last = known !== undefined && known.epoch === epoch ? known.sequence : -1;
    if (sequence <= last) {
      // A repetition: acknowledged when everything so far is.
      this.#log.append(
        { producerId: -1, epoch: 0, sequence: 0, value: '', committed: true },
        durable,
      );
      return ErrorCode.none;
    }
    if (sequence !== last + 1) return ErrorCode.outOfOrderSequenceNumber;
    this.#append({ producerId, epoch, sequence, value, committed: false }, durable);
    return ErrorCode.none;
  }

  mark(
    marker: { producerId: number; producerEpoch: number; committed: boolean },
    durable: () => void,
  ): ErrorCode {
    const { producerId, producerEpoch: epoch, committed } = marker;
    const known = this.#producers.get(producerId);
    if (known !== undefined && epoch < known.epoch) return ErrorCode.invalidProducerEpoch;
    this.#append({ producerId, epoch, sequence: -1, value: undefined, committed }, durable);
    return ErrorCode.none;
  }

  #append(entry: Entry, durable: () => void): void {
    this.#apply(entry);
    this.#log.append(entry, durable);
  }

  #apply({ producerId, epoch, sequence, value }: Entry): void {
    if (producerId < 0) return;
    const known = this.#producers.get(producerId);
    const same = known !== undefined && known.epoch === epoch;
    this.#producers.set(producerId, {
      epoch,
      sequence: value === undefined ? (same ? known.sequence : -1) : sequence,
      isOpen: value !== undefined,
    });
  }

  crash(): void {
    this.#log.crash();
    this.#producers = new Map();
    for (const entry of this.#log.entries) this.#apply(entry);
  }

  /** What a consumer of committed records sees, up to the first open transaction. */
  committed(): readonly string[] {
    const { durableCount } = this.#log;
    if (this.#seen.durableCount !== durableCount) {
      this.#seen = { durableCount, values: this.#committed(durableCount) };
    }
    return this.#seen.values;
  }

  #committed(durableCount: number): string[] {
    const open = new Map<number, { first: number; values: string[] }>();
    const closed: { first: number; values: readonly string[] }[] = [];
    for (const [offset, { producerId, value, committed }] of this.#log.entries
      .slice(0, durableCount)
      .entries()) {
      if (producerId < 0) continue;
      if (value !== undefined) {
        const transaction = open.get(producerId) ?? { first: offset, values: [] };
        transaction.values.push(value);
        open.set(producerId, transaction);
        continue;
      }
      const ended = open.get(producerId);
      open.delete(producerId);
      if (committed && ended !== undefined) closed.push(ended);
    }
    const stable = Math.min(
      Number.POSITIVE_INFINITY,
      ...[...open.values()].map(({ first }) => first),
    );
    return closed.filter(({ first }) => first < stable).flatMap(({ values }) => values);
  }
}
