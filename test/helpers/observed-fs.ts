/**
 * A file system that writes down what is asked of it and can be told to fail.
 *
 * The synchronous and the asynchronous form of an operation carry one name: `write`, `sync`,
 * `rename`. The observer runs before the operation; what it throws is what the caller gets, and
 * the operation does not happen.
 */
import {
  baseName,
  IoError,
  nodeFileSystem,
  type FileHandle,
  type FileSystem,
} from '../../native-free-io/index.ts';

export interface Operation {
  /** Without the 'Sync' at its end. */
  readonly kind: string;
  /** Last part of the path. */
  readonly file: string;
  /** Bytes asked for, of reads and writes. */
  readonly length: number;
  readonly position: number;
}

export class ObservedFileSystem {
  readonly fs: FileSystem;
  readonly operations: Operation[] = [];
  /** Called before each operation. */
  observer: ((operation: Operation) => void) | undefined = undefined;

  constructor(inner: FileSystem = nodeFileSystem) {
    this.fs = new Proxy(inner, { get: (target, name) => this.#member(target, name) });
  }

  /** Forgets what was written down. */
  reset(): void {
    this.operations.length = 0;
  }

  of(kind: string, ending = ''): Operation[] {
    return this.operations.filter((each) => each.kind === kind && each.file.endsWith(ending));
  }

  count(kind: string, ending = ''): number {
    return this.of(kind, ending).length;
  }

  /** Bytes asked for by reads of files whose name ends so. */
  bytesRead(ending: string): number {
    return this.of('read', ending).reduce((sum, each) => sum + each.length, 0);
  }

  /** Lets the next operation of this kind on such a file fail with a full disk. */
  failOnce(kind: string, ending = ''): void {
    this.observer = (operation) => {
      if (operation.kind !== kind || !operation.file.endsWith(ending)) return;
      this.observer = undefined;
      throw new IoError('IO_NO_SPACE', `no space for ${kind} of ${operation.file}`);
    };
  }

  #member(target: FileSystem, name: string | symbol): unknown {
    const member: unknown = Reflect.get(target, name);
    if (typeof member !== 'function' || typeof name !== 'string') return member;
    const method = member as (...args: unknown[]) => unknown;
    return (...args: unknown[]) =>
      this.#run(name, { path: String(args[0]), length: 0, position: 0 }, () => {
        const result = Reflect.apply(method, target, args);
        if (name === 'openSync') return this.#handle(result as FileHandle);
        if (name !== 'open') return result;
        return (result as Promise<FileHandle>).then((handle) => this.#handle(handle));
      });
  }

  #handle(inner: FileHandle): FileHandle {
    return new Proxy(inner, {
      get: (target, name): unknown => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function' || typeof name !== 'string') return member;
        const method = member as (...args: unknown[]) => unknown;
        return (...args: unknown[]) => {
          const place = { path: target.path, ...extent(name, args) };
          return this.#run(name, place, () => Reflect.apply(method, target, args));
        };
      },
    });
  }

  #run(
    name: string,
    place: { path: string; length: number; position: number },
    work: () => unknown,
  ): unknown {
    const isSync = name.endsWith('Sync');
    const kind = isSync ? name.slice(0, -'Sync'.length) : name;
    const { length, position } = place;
    try {
      const operation = { kind, file: baseName(place.path), length, position };
      this.operations.push(operation);
      this.observer?.(operation);
    } catch (error) {
      if (isSync) throw error;
      return Promise.reject(error);
    }
    return work();
  }
}

function extent(name: string, args: readonly unknown[]): { length: number; position: number } {
  if (/^(read|write)(Sync)?$/.test(name)) {
    return { length: Number(args[2]), position: Number(args[3]) };
  }
  if (/^(read|write)Vector/.test(name)) {
    const pieces = args[0] as readonly Uint8Array[];
    return {
      length: pieces.reduce((sum, piece) => sum + piece.length, 0),
      position: Number(args[1]),
    };
  }
  return { length: name.startsWith('truncate') ? Number(args[0]) : 0, position: 0 };
}
