/**
 * Progress of long work on standard error: a bar that redraws itself on a terminal, a plain line
 * now and then otherwise, nothing with --json or --quiet.
 */
import type { CliIo } from './command.ts';

const barWidth = 28;
const redrawMs = 100;
const plainLineMs = 5000;

export class Progress {
  readonly #io: CliIo;
  readonly #label: string;
  readonly #total: number;
  readonly #enabled: boolean;
  readonly #startedMs = Date.now();
  #lastMs = 0;
  #drawn = false;

  /** `total` in the unit of `update`, 0 when it is not known beforehand. */
  constructor(io: CliIo, options: { label: string; total: number; enabled?: boolean }) {
    this.#io = io;
    this.#label = options.label;
    this.#total = options.total;
    this.#enabled = options.enabled ?? true;
  }

  update(bytes: number): void {
    if (!this.#enabled) return;
    const now = Date.now();
    const wait = this.#io.isTerminal ? redrawMs : plainLineMs;
    if (now - this.#lastMs < wait || (!this.#io.isTerminal && now - this.#startedMs < wait)) return;
    this.#lastMs = now;
    this.#draw(bytes, now);
  }

  /** Leaves the line clean for what follows. */
  done(): void {
    if (this.#drawn && this.#io.isTerminal) this.#io.writeError('\r\u001b[K');
    this.#drawn = false;
  }

  #draw(bytes: number, now: number): void {
    const seconds = Math.max(0.001, (now - this.#startedMs) / 1000);
    const rate = `${megabytes(bytes / seconds)}/s`;
    this.#drawn = true;
    if (!this.#io.isTerminal) {
      const share = this.#total > 0 ? ` of ${megabytes(this.#total)}` : '';
      this.#io.writeError(`${this.#label}: ${megabytes(bytes)}${share}, ${rate}\n`);
      return;
    }
    const share = this.#total > 0 ? Math.min(1, bytes / this.#total) : 0;
    const filled = Math.round(share * barWidth);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`;
    const percent =
      this.#total > 0 ? `${bar} ${String(Math.round(share * 100)).padStart(3)}% ` : '';
    this.#io.writeError(`\r\u001b[K${this.#label} ${percent}${megabytes(bytes)} ${rate}`);
  }
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toLocaleString('en', { maximumFractionDigits: 1 })} MB`;
}

export function count(value: number): string {
  return value.toLocaleString('en');
}
