/** Sums as they stand in a sidecar, and other big-endian unsigned 32-bit numbers. */
export function readSum(sums: Uint8Array, at: number): number {
  return ((sums[at]! << 24) | (sums[at + 1]! << 16) | (sums[at + 2]! << 8) | sums[at + 3]!) >>> 0;
}

export function writeSum(sums: Uint8Array, at: number, sum: number): void {
  sums[at] = sum >>> 24;
  sums[at + 1] = sum >>> 16;
  sums[at + 2] = sum >>> 8;
  sums[at + 3] = sum;
}
