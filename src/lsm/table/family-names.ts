/** The families of a table by name and index. */
import { NotFoundError } from '../../../native-free-io/index.ts';

export class FamilyNames {
  readonly all: readonly string[];
  readonly #table: string;
  readonly #bytes: readonly Uint8Array[];
  readonly #index: ReadonlyMap<string, number>;

  constructor(table: string, names: Iterable<string>) {
    this.#table = table;
    this.all = [...names];
    this.#bytes = this.all.map((name) => Uint8Array.from(name, (letter) => letter.charCodeAt(0)));
    this.#index = new Map(this.all.map((name, index) => [name, index]));
  }

  indexOf(name: string): number {
    const index = this.#index.get(name);
    if (index !== undefined) return index;
    throw new NotFoundError('LSM_FAMILY_NOT_FOUND', `table ${this.#table} has no family '${name}'`);
  }

  bytesOf(index: number): Uint8Array {
    return this.#bytes[index]!;
  }
}
