/** Bytes that say where they belong: byte n is n * 7 + (n >> 8), modulo 256. */
export function bytesAt(position: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (position + at) * 7 + ((position + at) >> 8));
}
