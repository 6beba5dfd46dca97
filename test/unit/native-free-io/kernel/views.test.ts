/**
 * What decision 0006 rests on: the platform reads into and writes from views of WebAssembly memory,
 * shared or not, without a copy of ours.
 */
import { once } from 'node:events';
import * as fs from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32, gunzipSync, gzip, gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { KernelMemory } from '../../../../native-free-io/index.ts';
import { wasm } from '../../../../native-free-io/kernel/webassembly.ts';
import { temporaryFolder } from '../../../helpers/temporary-folder.ts';

const length = 100_000;
const memories = {
  'kernel memory': () => new KernelMemory(1 << 20).buffer,
  'shared memory': () => new wasm.Memory({ initial: 16, maximum: 16, shared: true }).buffer,
} as const;

describe.each(Object.entries(memories))('views of %s', (_, make) => {
  const view = new Uint8Array(make(), 4096, length);
  const expected = Uint8Array.from({ length }, (_unused, index) => (index * 31) & 0xff);

  function openFile(): { path: string; fd: number } {
    const path = join(temporaryFolder(), 'file');
    const fd = fs.openSync(path, 'w+');
    onTestFinished(() => fs.closeSync(fd));
    return { path, fd };
  }

  test('files are written from them', async () => {
    const { path, fd } = openFile();
    view.set(expected);
    fs.writeSync(fd, view, 0, length, 0);
    fs.writevSync(fd, [view, view], length);
    await promisify(fs.write)(fd, view, 0, length, 3 * length);
    const stored = fs.readFileSync(path);
    expect(stored.length).toBe(4 * length);
    for (let copy = 0; copy < 4; copy++) {
      expect(stored.subarray(copy * length, (copy + 1) * length).equals(expected)).toBe(true);
    }
  });

  test('files are read into them', async () => {
    const { path, fd } = openFile();
    fs.writeFileSync(path, expected);
    const reads = [
      () => fs.readSync(fd, view, 0, length, 0),
      () => fs.readvSync(fd, [view], 0),
      async () => (await promisify(fs.read)(fd, view, 0, length, 0)) as unknown,
    ];
    for (const read of reads) {
      view.fill(0);
      await read();
      expect(Buffer.compare(view, expected)).toBe(0);
    }
  });

  test('zlib reads them', async () => {
    view.set(expected);
    expect(crc32(view)).toBe(crc32(expected));
    expect(gunzipSync(gzipSync(view)).equals(expected)).toBe(true);
    expect(gunzipSync(await promisify(gzip)(view)).equals(expected)).toBe(true);
    const packed = gzipSync(expected);
    view.set(packed);
    expect(gunzipSync(view.subarray(0, packed.length)).equals(expected)).toBe(true);
  });

  test('sockets send them', async () => {
    view.set(expected);
    const received: Buffer[] = [];
    const server = createServer((peer) => {
      peer.on('data', (piece: Buffer) => received.push(piece));
      peer.on('end', () => peer.end());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const socket = connect(port, '127.0.0.1').resume();
    socket.end(view);
    await once(socket, 'close');
    server.close();
    await once(server, 'close');
    expect(Buffer.concat(received).equals(expected)).toBe(true);
  });
});
