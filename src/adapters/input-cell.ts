/**
 * A cell of a table or a store file as the value of a record, for jobs that want to know its
 * column and its time.
 */
import type { Cell } from '../lsm/index.ts';

export class InputCell implements Pick<Cell, 'family' | 'qualifier' | 'timestamp' | 'value'> {
  readonly family: string;
  readonly qualifier: Uint8Array;
  readonly timestamp: number;
  readonly value: Uint8Array;

  constructor({ family, qualifier, timestamp, value }: Omit<Cell, 'row' | 'type'>) {
    this.family = family;
    this.qualifier = qualifier;
    this.timestamp = timestamp;
    this.value = value;
  }

  /** `family:qualifier TAB timestamp TAB value`: what commands and text outputs get. */
  toString(): string {
    const [qualifier, value] = [Buffer.from(this.qualifier), Buffer.from(this.value)];
    return `${this.family}:${qualifier.toString()}\t${this.timestamp}\t${value.toString()}`;
  }
}
