/**
 * The real disk, where zeros written at the end of a file become holes: files far larger than the
 * room there is, of which all but a little is zeros.
 */
import { nodeFileSystem, type FileHandle, type FileSystem } from '../../native-free-io/index.ts';

const zeros = Buffer.alloc(1 << 20);

function isZero(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += zeros.length) {
    const part = bytes.subarray(at, at + zeros.length);
    if (zeros.compare(part, 0, part.length, 0, part.length) !== 0) return false;
  }
  return true;
}

function sparse(file: FileHandle): FileHandle {
  return new Proxy(file, {
    get(target, name) {
      if (name === 'writeSync') {
        return (source: Uint8Array, start: number, length: number, position: number): void => {
          const isHole = position === target.sizeSync() && length >= 4096;
          if (isHole && isZero(source.subarray(start, start + length))) {
            target.truncateSync(position + length);
          } else {
            target.writeSync(source, start, length, position);
          }
        };
      }
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

export const sparseFileSystem: FileSystem = new Proxy(nodeFileSystem, {
  get(target, name) {
    if (name === 'openSync') {
      return (...args: Parameters<FileSystem['openSync']>) => sparse(target.openSync(...args));
    }
    const member: unknown = Reflect.get(target, name, target);
    return typeof member === 'function' ? member.bind(target) : member;
  },
});
