/** Names of the parts of an output: `part-r-00003`, with more digits where five do not suffice. */
export function partName(kind: 'm' | 'r', index: number): string {
  return `part-${kind}-${String(index).padStart(5, '0')}`;
}
