/** Error codes as Kafka's clients print them. */
import { ErrorCode } from '../../shared/error-code.ts';

/** `UNKNOWN_TOPIC_OR_PARTITION` for 3, and so on. */
export function kafkaErrorText(code: number): string {
  const name = Object.entries(ErrorCode).find(([, number]) => number === code)?.[0];
  if (name === undefined) return `error ${code}`;
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
