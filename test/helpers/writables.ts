/** Values of Writable types as bytes, for tests. */
import { ByteSink } from '../../native-free-io/index.ts';
import type { WritableType } from '../../src/hadoop/index.ts';

export function encodedAs<Value>(type: WritableType<Value>, value: Value): Uint8Array {
  const sink = ByteSink.growing();
  type.write(sink, value);
  return sink.copyWritten();
}
