/**
 * Has a socket read into a buffer that is there already. Node makes a new one of 64 KiB for every
 * read, which under load is some 30 MiB of garbage and a third of a broker's processor time; its
 * own remedy, `onread`, is for clients alone. An accepted socket is given what `onread` would have
 * given it. Where a Node keeps that elsewhere, nothing happens and reads come as events.
 */
interface ReadingHandle {
  useUserBuffer?(buffer: Uint8Array): void;
}

/** True when `take` gets what arrives: `buffer[0..length]`, until it returns. */
export function readInto(
  socket: object,
  buffer: Uint8Array,
  take: (length: number) => void,
): boolean {
  const bufferKey = keyOf(socket, 'kBuffer');
  const callbackKey = keyOf(socket, 'kBufferCb');
  const handle = Reflect.get(socket, '_handle') as ReadingHandle | null;
  if (bufferKey === undefined || callbackKey === undefined) return false;
  if (typeof handle?.useUserBuffer !== 'function') return false;
  handle.useUserBuffer(buffer);
  Reflect.set(socket, bufferKey, buffer);
  Reflect.set(socket, callbackKey, (length: number): boolean => {
    take(length);
    // False would stop the reading.
    return true;
  });
  return true;
}

function keyOf(socket: object, description: string): symbol | undefined {
  return Object.getOwnPropertySymbols(socket).find((key) => key.description === description);
}
