/** A socket without a protocol: bytes out, bytes in, and whether it was closed. */
import { connect, type Socket } from 'node:net';

export class RawSocket implements AsyncDisposable {
  received: Buffer = Buffer.alloc(0);
  readonly #socket: Socket;
  readonly #closed: Promise<void>;
  #look: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.#look();
    });
    socket.on('error', () => undefined);
    this.#closed = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  static open({
    host,
    port,
  }: {
    readonly host: string;
    readonly port: number;
  }): Promise<RawSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port, noDelay: true }, () => resolve(new RawSocket(socket)));
      socket.once('error', reject);
    });
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }
  end(): void {
    this.#socket.end();
  }
  /** Resolves when the other side has closed. */
  closed(): Promise<void> {
    return this.#closed;
  }
  pause(): void {
    this.#socket.pause();
  }
  turn(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** The next frame without its length. */
  async frame(): Promise<Buffer> {
    for (;;) {
      const { received } = this;
      const size = received.length >= 4 ? received.readInt32BE(0) : Infinity;
      if (received.length >= 4 + size) {
        this.received = received.subarray(4 + size);
        return received.subarray(4, 4 + size);
      }
      await new Promise<void>((resolve) => (this.#look = resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    await this.#closed;
  }
}
