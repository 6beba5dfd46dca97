/**
 * Progress of long work on standard error: a bar that redraws itself on a terminal, a plain line
 * now and then otherwise, nothing with --json or --quiet.
 */
import type { CliIo } from './command.ts';

const barWidth = 28;
const redrawMs = 100;
const plainLineMs = 5000;

export class Progress implements Disposable {
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

  /** Whatever ends the work, an error included, is told on a clean line. */
  [Symbol.dispose](): void {
    this.done();
  }

  #draw(bytes: number, now: number): void {
    const seconds = Math.max(0.001, (now - this.#startedMs) / 1000);
    const rate = `${sizeText(bytes / seconds)}/s`;
    this.#drawn = true;
    if (!this.#io.isTerminal) {
      const share = this.#total > 0 ? ` of ${sizeText(this.#total)}` : '';
      this.#io.writeError(`${this.#label}: ${sizeText(bytes)}${share}, ${rate}\n`);
      return;
    }
    const share = this.#total > 0 ? Math.min(1, bytes / this.#total) : 0;
    const filled = Math.round(share * barWidth);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`;
    const percent =
      this.#total > 0 ? `${bar} ${String(Math.round(share * 100)).padStart(3)}% ` : '';
    this.#io.writeError(`\r\u001b[K${this.#label} ${percent}${sizeText(bytes)} ${rate}`);
  }
}

/** A size for the eye: `12 bytes`, `50.7 kB`, `1,069.7 MB`. */
export function sizeText(bytes: number): string {
  if (bytes > 0 && bytes < 1000) return plural(Math.round(bytes), 'byte');
  const [unit, divisor] = bytes < 1e6 && bytes > 0 ? ['kB', 1e3] : ['MB', 1e6];
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return `${(bytes / divisor).toLocaleString('en', digits)} ${unit}`;
}

/** `1,234,567`. Not by `toLocaleString`: loading its tables takes longer than some commands. */
export function count(value: number): string {
  return String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 record`, `2 records`. */
export function plural(value: number, noun: string, nouns: string = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : nouns}`;
}
