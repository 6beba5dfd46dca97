/**
 * Names of the parts of an output: `part-r-00003`, or `part-00003` as the old interface and Hadoop
 * Streaming have it; with more digits where five do not suffice.
 */
export type PartNames = 'new' | 'old';

export function partName(kind: 'm' | 'r', index: number, names: PartNames = 'new'): string {
  const number = String(index).padStart(5, '0');
  return names === 'old' ? `part-${number}` : `part-${kind}-${number}`;
}
