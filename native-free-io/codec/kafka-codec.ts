/** Kafka's codec numbers. */
import { InvalidArgumentError } from '../errors.ts';
import type { Codec } from './codec.ts';

export function kafkaCodec(number: number): Codec {
  throw new InvalidArgumentError('CODEC_UNKNOWN', `no codec ${number}`);
}
