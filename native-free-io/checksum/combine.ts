/**
 * Checksums of bytes put end to end, from the checksums of the parts: arithmetic on polynomials
 * over GF(2) modulo the one of the checksum. Both kinds are reflected: bit 31 is the coefficient of
 * x^0.
 */
export const crc32Polynomial = 0xedb88320;
export const crc32cPolynomial = 0x82f63b78;

/** CRC-32 of A followed by B, of the CRC of each and the length of B in bytes. Unsigned. */
export function crc32Combine(sumA: number, sumB: number, lengthB: number): number {
  return combine(crc32Polynomial, sumA, sumB, lengthB);
}

/** CRC-32C of A followed by B, of the CRC of each and the length of B in bytes. Unsigned. */
export function crc32cCombine(sumA: number, sumB: number, lengthB: number): number {
  return combine(crc32cPolynomial, sumA, sumB, lengthB);
}

function combine(polynomial: number, sumA: number, sumB: number, lengthB: number): number {
  return (multiply(polynomial, sumA, powerOfBytes(polynomial, lengthB)) ^ sumB) >>> 0;
}

/**
 * Four tables of 256: the XOR of one entry each, by the bytes of a CRC, low byte first, appends
 * `length` zero bytes.
 */
export function shiftTables(polynomial: number, length: number): Uint32Array {
  const factor = powerOfBytes(polynomial, length);
  const made = new Uint32Array(1024);
  for (let place = 0; place < 4; place++) {
    for (let byte = 0; byte < 256; byte++) {
      made[place * 256 + byte] = multiply(polynomial, byte << (place * 8), factor);
    }
  }
  return made;
}

/**
 * CRC of `count` chunks of `chunkBytes` put end to end, of their big-endian CRCs in `sums` from
 * `start` on.
 */
export function combineSums(
  kind: 'crc32' | 'crc32c',
  sums: Uint8Array,
  { start, count, chunkBytes }: { start: number; count: number; chunkBytes: number },
): number {
  const polynomial = kind === 'crc32' ? crc32Polynomial : crc32cPolynomial;
  const shift = shiftTables(polynomial, chunkBytes);
  const view = new DataView(sums.buffer, sums.byteOffset, sums.byteLength);
  let sum = 0;
  for (let index = 0; index < count; index++) {
    sum =
      shift[sum & 0xff]! ^
      shift[256 + ((sum >>> 8) & 0xff)]! ^
      shift[512 + ((sum >>> 16) & 0xff)]! ^
      shift[768 + (sum >>> 24)]! ^
      view.getUint32(start + index * 4);
  }
  return sum >>> 0;
}

/** a * b. */
function multiply(polynomial: number, a: number, b: number): number {
  let product = 0;
  let left = a;
  let term = b;
  while (left !== 0) {
    if (left < 0 || left > 0x7fffffff) product ^= term;
    term = (term >>> 1) ^ ((term & 1) === 0 ? 0 : polynomial);
    left = (left << 1) | 0;
  }
  return product >>> 0;
}

/** x^(8 * length). */
function powerOfBytes(polynomial: number, length: number): number {
  let power = 0x80000000;
  let square = 0x00800000;
  for (let left = length; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) power = multiply(polynomial, power, square);
    square = multiply(polynomial, square, square);
  }
  return power >>> 0;
}
