/** How large things are: counts by power of two, with least, greatest and mean. */

const buckets = 48;

export class Histogram {
  readonly #name: string;
  readonly #counts = new Float64Array(buckets);
  #count = 0;
  #sum = 0;
  #least = Infinity;
  #most = 0;

  constructor(name: string) {
    this.#name = name;
  }

  add(size: number): void {
    this.#counts[size < 1 ? 0 : Math.floor(Math.log2(size)) + 1]!++;
    this.#count++;
    this.#sum += size;
    if (size < this.#least) this.#least = size;
    if (size > this.#most) this.#most = size;
  }

  lines(): string[] {
    if (this.#count === 0) return [];
    const mean = (this.#sum / this.#count).toFixed(1);
    const head = `${this.#name}: ${this.#count}, ${this.#least} to ${this.#most}, mean ${mean}`;
    const lines = [head];
    for (const [bucket, count] of this.#counts.entries()) {
      if (count === 0) continue;
      const from = bucket === 0 ? 0 : 2 ** (bucket - 1);
      const share = ((count / this.#count) * 100).toFixed(1);
      lines.push(`  ${from} to ${Math.max(0, 2 ** bucket - 1)}: ${count} (${share} %)`);
    }
    return lines;
  }
}
