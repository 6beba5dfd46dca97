/**
 * A slab: owned bytes with a DataView over the same bytes, page-aligned, leased from a pool and
 * given back explicitly.
 *
 * Lifetime: after `release` neither the slab nor any view of it may be used. Pools in checked mode
 * find such uses.
 */
export interface Slab extends Disposable {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Bytes. */
  readonly length: number;
  /** Gives the slab back to its pool. BUFFER_RELEASED when that happened before. */
  release(): void;
}
