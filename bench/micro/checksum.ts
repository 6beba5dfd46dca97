/** CRC-32C by length: where the kernel begins to beat the tables, in place and copied in. */
import type { Bench } from 'tinybench';
import { crc32cPlain } from '../../native-free-io/checksum/crc32c-plain.ts';
import { crc32c, SlabPool } from '../../native-free-io/index.ts';

const lengths = [16, 48, 64, 128, 224, 512, 1024, 4096, 16_384, 65_536];

export function checksums(bench: Bench): void {
  for (const length of lengths) {
    const outside = Uint8Array.from(
      { length },
      (_, index) => Math.imul(index, 2_654_435_761) >>> 13,
    );
    const inside = new SlabPool({ name: 'bench' }).lease(length).bytes;
    inside.set(outside);
    bench.add(`crc32c of ${length} bytes, in place`, () => crc32c(inside, 0, length));
    bench.add(`crc32c of ${length} bytes, elsewhere`, () => crc32c(outside, 0, length));
    bench.add(`crc32c of ${length} bytes, by tables`, () => crc32cPlain(outside, 0, length));
  }
}
