/** Producer identifiers, each given out once: blocks are taken durably before they are used. */
import type { BrokerState } from './topics/broker-state.ts';

const blockSize = 1000;
/**
 * Apache's brokers count from 0. A directory may be served by them and by us in turn, and a log
 * that remembers a producer by its number would take another one for it.
 */
const firstOfAll = 2 ** 40;

export interface ProducerIdBlock {
  readonly first: number;
  readonly count: number;
}

export class ProducerIds {
  readonly #state: BrokerState;
  #next = 0;
  #end = 0;

  constructor(state: BrokerState) {
    this.#state = state;
  }

  /** A block that nobody else gets, whatever crashes. */
  nextBlock(): ProducerIdBlock {
    const first = Math.max(firstOfAll, this.#state.content.nextProducerId);
    this.#state.change({ nextProducerId: first + blockSize });
    return { first, count: blockSize };
  }

  /** One identifier. */
  next(): number {
    if (this.#next === this.#end) {
      const { first, count } = this.nextBlock();
      this.#next = first;
      this.#end = first + count;
    }
    return this.#next++;
  }
}
