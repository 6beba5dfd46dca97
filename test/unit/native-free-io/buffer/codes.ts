/** What a call threw, as tests compare it. */
import { StoreError } from '../../../../native-free-io/errors.ts';

/** The code of the StoreError that `call` throws, 'nothing thrown' when it returns. */
export function codeOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof StoreError) return error.code;
    throw error;
  }
  return 'nothing thrown';
}

/** As `codeOf`, of a promise. */
export async function codeOfPromise(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof StoreError) return error.code;
    throw error;
  }
  return 'nothing thrown';
}

/** Bytes of hexadecimal digits; blanks are ignored. */
export function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

export function toHex(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  return Buffer.from(bytes.subarray(start, end)).toString('hex');
}

/** Numbers at which encodings change length, and their neighbours, within ±`most`. */
export function edgeNumbers(most: number): number[] {
  const edges = new Set<number>([0]);
  for (let bit = 0; bit <= 53; bit++) {
    for (const delta of [-2, -1, 0, 1, 2]) {
      for (const sign of [1, -1]) edges.add(sign * (2 ** bit + delta) || 0);
    }
  }
  return [...edges].filter((value) => value >= -most && value <= most);
}
