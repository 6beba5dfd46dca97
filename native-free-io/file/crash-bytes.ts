/**
 * Which bytes of one file a crash would leave: what is durable, and the writes and cuts since.
 *
 * A sync makes everything before it durable. What came after is in the page cache and in metadata
 * not yet written, and a crash keeps, by the seed, one of:
 *
 *  - nothing, or everything;
 *  - the first steps and a piece of the next write, torn at a sector or at any byte;
 *  - scattered units of a sector (512 bytes) or page (4 KiB), each as it stood after some number of
 *    the writes that touched it, with the size, and the cuts, as of any moment since the sync.
 *    Where the size survived and the bytes did not, there are zeros, as ext4 and xfs leave them.
 */
import type { SeededRandom } from './crash-random.ts';
import type { MemoryPages } from './memory-pages.ts';

type Step =
  | { readonly kind: 'write'; readonly position: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly size: number };

const sectorBytes = 512;
const pageBytes = 4096;

export class ByteJournal {
  readonly #durable: MemoryPages;
  /** The modification time that is durable. */
  mtimeMs: number;
  /** Since the last sync, in the order issued. */
  #steps: Step[] = [];

  /** Takes the file as it is as durable. */
  constructor(durable: MemoryPages, mtimeMs: number) {
    this.#durable = durable;
    this.mtimeMs = mtimeMs;
  }

  /** Keeps a copy of the bytes. */
  recordWrite(position: number, bytes: Uint8Array): void {
    this.#steps.push({ kind: 'write', position, bytes: new Uint8Array(bytes) });
  }

  recordTruncate(size: number): void {
    this.#steps.push({ kind: 'truncate', size });
  }

  commit(): void {
    for (const step of this.#steps) apply(step, this.#durable);
    this.#steps = [];
  }

  /** A sync that the crash interrupted: the first half of the steps is durable. */
  commitHalf(): void {
    for (const step of this.#steps.splice(0, this.#steps.length >> 1)) apply(step, this.#durable);
  }

  durable(): MemoryPages {
    return this.#durable.clone();
  }

  /** What a crash may leave, by chance. */
  survivor(random: SeededRandom): MemoryPages {
    const kind = random.oneOf(['none', 'all', 'torn', 'scattered', 'scattered']);
    const pages = this.durable();
    if (kind === 'all') for (const step of this.#steps) apply(step, pages);
    else if (kind === 'torn') this.#applyTorn(pages, random);
    else if (kind === 'scattered') this.#applyScattered(pages, random);
    return pages;
  }

  copy(): ByteJournal {
    const copy = new ByteJournal(this.durable(), this.mtimeMs);
    copy.#steps = [...this.#steps];
    return copy;
  }

  #applyTorn(pages: MemoryPages, random: SeededRandom): void {
    const whole = random.below(this.#steps.length + 1);
    for (const step of this.#steps.slice(0, whole)) apply(step, pages);
    const next = this.#steps[whole];
    if (next?.kind !== 'write') return;
    let end = next.position + random.below(next.bytes.length + 1);
    if (random.below(2) === 0) end -= end % sectorBytes;
    const length = Math.max(0, end - next.position);
    pages.write(next.bytes.subarray(0, length), next.position);
  }

  #applyScattered(pages: MemoryPages, random: SeededRandom): void {
    const unitBytes = random.oneOf([sectorBytes, pageBytes]);
    const metadataSteps = random.upTo(this.#steps.length);
    const size = this.#sizeAfter(metadataSteps);
    const writesLeft = this.#chooseWrites(unitBytes, random);
    for (const [index, step] of this.#steps.entries()) {
      if (step.kind === 'truncate') {
        if (index < metadataSteps) pages.truncate(step.size);
        continue;
      }
      for (const { unit, from, to } of unitsOf(step, unitBytes)) {
        const left = writesLeft.get(unit) ?? 0;
        if (left === 0) continue;
        writesLeft.set(unit, left - 1);
        pages.write(step.bytes.subarray(from, to), step.position + from);
      }
    }
    pages.truncate(size);
  }

  /** For each unit, how many of the writes that touched it reached the disk. */
  #chooseWrites(unitBytes: number, random: SeededRandom): Map<number, number> {
    const writes = new Map<number, number>();
    for (const step of this.#steps) {
      if (step.kind === 'truncate') continue;
      for (const { unit } of unitsOf(step, unitBytes))
        writes.set(unit, (writes.get(unit) ?? 0) + 1);
    }
    for (const [unit, count] of writes) writes.set(unit, random.upTo(count));
    return writes;
  }

  #sizeAfter(steps: number): number {
    let size = this.#durable.size;
    for (const step of this.#steps.slice(0, steps)) {
      if (step.kind === 'truncate') size = step.size;
      else size = Math.max(size, step.position + step.bytes.length);
    }
    return size;
  }
}

function apply(step: Step, pages: MemoryPages): void {
  if (step.kind === 'truncate') pages.truncate(step.size);
  else pages.write(step.bytes, step.position);
}

/** The pieces of a write that lie in one unit each: `from` and `to` count in its bytes. */
function* unitsOf(
  { position, bytes }: { readonly position: number; readonly bytes: Uint8Array },
  unitBytes: number,
): Generator<{ unit: number; from: number; to: number }> {
  for (let from = 0; from < bytes.length;) {
    const unit = Math.floor((position + from) / unitBytes);
    const to = Math.min(bytes.length, (unit + 1) * unitBytes - position);
    yield { unit, from, to };
    from = to;
  }
}
