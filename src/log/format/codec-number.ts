/** Kafka's numbers for compression codecs. On disk and wire, never renumber. */
import { InvalidArgumentError } from '../../../native-free-io/index.ts';

export type CodecName = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

/** Index is the number. */
export const codecNames: readonly CodecName[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

export function codecNumber(name: CodecName): number {
  const number = codecNames.indexOf(name);
  if (number < 0) {
    throw new InvalidArgumentError('CODEC_UNKNOWN', `no codec '${name}'`);
  }
  return number;
}

/** Undefined for the numbers 5 to 7, which name nothing. */
export function codecName(number: number): CodecName | undefined {
  return codecNames[number];
}
