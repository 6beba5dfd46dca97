/** What a command put out, as the values that the types of its step take. */
import type { WritableName } from '../../hadoop/index.ts';
import type { OnPair } from './pair-reader.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Bytes for all types but `text`, whose values are strings. */
export function commandOutput(
  types: readonly [key: WritableName, value: WritableName],
  emit: (key: unknown, value: unknown) => void,
): OnPair {
  const [keyType, valueType] = types;
  return (key, value) =>
    emit(
      keyType === 'text' ? decoder.decode(key) : key,
      valueType === 'text' && value !== null ? decoder.decode(value) : value,
    );
}
