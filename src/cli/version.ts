/** The version of this package, from the package.json above this module. */
import { fileURLToPath } from 'node:url';
import { joinPath, nodeFileSystem, parentPath } from '../../native-free-io/index.ts';

export function packageVersion(): string {
  const fs = nodeFileSystem;
  for (let dir = parentPath(fileURLToPath(import.meta.url)); ; dir = parentPath(dir)) {
    const path = joinPath(dir, 'package.json');
    const size = fs.statSync(path)?.size;
    if (size !== undefined)
      return (JSON.parse(readText(path, size)) as { version: string }).version;
    if (dir === parentPath(dir)) return 'unknown';
  }
}

function readText(path: string, size: number): string {
  const file = nodeFileSystem.openSync(path, 'read');
  try {
    const bytes = new Uint8Array(size);
    return new TextDecoder().decode(bytes.subarray(0, file.readSync(bytes, 0, size, 0)));
  } finally {
    file.closeSync();
  }
}
