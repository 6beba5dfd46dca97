/**
 * A connection to a broker, ours or Apache's, from the same codecs that the broker is made of:
 * requests go out at once, answers are matched by their order.
 */
import { IoError, NotFoundError, StateError } from '../../../../native-free-io/index.ts';
import { connectTcp, type ConnectOptions, type Peer } from '../../transport/index.ts';
import { ErrorCode } from '../../shared/error-code.ts';
import { FrameSplitter, type Frame } from '../connection/frame-splitter.ts';
import { apis, type AnyApi, type ApiName, type ApiTypes } from '../protocol/generated/apis.ts';
import { WireReader, WireWriter } from '../protocol/wire.ts';

export interface KafkaConnectionOptions extends ConnectOptions {
  /** What the broker sees and logs. Default `varve`. */
  readonly clientId?: string;
  /** Log in as this user with SASL PLAIN. */
  readonly user?: string;
  readonly password?: string;
}

interface Waiting {
  readonly correlationId: number;
  readonly read: (reader: WireReader) => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

const maxAnswerBytes = 256 << 20;

export class KafkaConnection implements AsyncDisposable {
  readonly #peer: Peer;
  readonly #clientId: string;
  readonly #splitter = new FrameSplitter(maxAnswerBytes);
  readonly #waiting: Waiting[] = [];
  /** Versions that the broker serves, by key. */
  readonly #served = new Map<number, { readonly min: number; readonly max: number }>();
  #nextId = 1;
  #failure: unknown;

  private constructor(peer: Peer, clientId: string) {
    this.#peer = peer;
    this.#clientId = clientId;
    peer.stream.on('data', (chunk: Buffer) => this.#onData(chunk));
    peer.stream.on('error', (error) => this.#fail(error));
    peer.stream.on('close', () => this.#fail(new IoError('IO_CLOSED', 'the broker closed')));
  }

  /** Connects, learns the versions of the broker, logs in if asked to. */
  static async open(options: KafkaConnectionOptions): Promise<KafkaConnection> {
    const peer = await connectTcp(options);
    const connection = new KafkaConnection(peer, options.clientId ?? 'varve');
    try {
      await connection.#learnVersions();
      if (options.user !== undefined) await connection.#logIn(options.user, options.password ?? '');
      return connection;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  /** Sends a request in the newest version that both know; errors in the answer are left as is. */
  request<K extends ApiName>(
    name: K,
    request: ApiTypes[K]['request'],
    options: { readonly version?: number } = {},
  ): Promise<ApiTypes[K]['response']> {
    const version = options.version ?? this.versionOf(name);
    const api = apis[name] as unknown as AnyApi;
    const correlationId = this.#nextId++;
    this.#send(api, version, { correlationId, request });
    return this.#answer(api, version, correlationId);
  }

  /** Sends what has no answer (produce with acks 0). */
  send<K extends ApiName>(name: K, request: ApiTypes[K]['request']): void {
    const api = apis[name] as unknown as AnyApi;
    this.#send(api, this.versionOf(name), { correlationId: this.#nextId++, request });
  }

  versionOf(name: ApiName): number {
    const { key, min, max, title } = apis[name];
    const served = this.#served.get(key);
    const version = Math.min(max, served?.max ?? -1);
    if (served !== undefined && version >= Math.max(min, served.min)) return version;
    throw new NotFoundError('KAFKA_API_MISSING', `the broker does not serve ${title}`);
  }

  async close(): Promise<void> {
    if (this.#peer.stream.destroyed) return;
    await new Promise<void>((resolve) => {
      this.#peer.stream.once('close', () => resolve());
      this.#peer.stream.destroy();
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #learnVersions(): Promise<void> {
    const request = { clientName: 'varve', clientVersion: '0' };
    const answer = await this.request('apiVersions', request, { version: 3 });
    for (const { key, min, max } of answer.apiKeys) this.#served.set(key, { min, max });
  }

  async #logIn(user: string, password: string): Promise<void> {
    const begun = await this.request('saslHandshake', { mechanism: 'PLAIN' }, { version: 1 });
    const auth = new TextEncoder().encode(`\0${user}\0${password}`);
    const done =
      begun.error === ErrorCode.none ? await this.request('saslAuthenticate', { auth }) : undefined;
    if (done?.error === ErrorCode.none) return;
    const reason = done?.message ?? `PLAIN is not offered, but ${begun.mechanisms.join(', ')}`;
    throw new StateError('KAFKA_LOGIN_REFUSED', `the login as ${user} failed: ${reason}`);
  }

  #send(
    api: AnyApi,
    version: number,
    { correlationId, request }: { readonly correlationId: number; readonly request: unknown },
  ): void {
    if (this.#failure !== undefined) throw this.#failure;
    const writer = new WireWriter();
    writer.beginFrame();
    writer.int16(api.key);
    writer.int16(version);
    writer.int32(correlationId);
    writer.plainNullableString(this.#clientId);
    writer.flexible = version >= api.flexible;
    writer.noTags();
    api.writeRequest(writer, version, request as never);
    writer.endFrame();
    for (const piece of writer.takePieces()) this.#peer.stream.write(piece);
  }

  #answer<T>(api: AnyApi, version: number, correlationId: number): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const read = (reader: WireReader): unknown => {
        reader.flexible = version >= api.flexible;
        if (reader.flexible && api.name !== 'apiVersions') reader.skipTags();
        return api.readResponse(reader, version);
      };
      this.#waiting.push({ correlationId, read, resolve, reject });
    });
  }

  #onData(chunk: Buffer): void {
    try {
      this.#splitter.push(chunk);
      for (let frame = this.#splitter.next(); frame !== undefined; frame = this.#splitter.next()) {
        this.#onFrame(frame);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #onFrame({ bytes, start, end }: Frame): void {
    const reader = new WireReader(bytes, start, end);
    const correlationId = reader.int32();
    const waiting = this.#waiting.shift();
    if (waiting?.correlationId !== correlationId) {
      throw new IoError('IO_FAILED', `an answer out of order: ${correlationId}`);
    }
    try {
      waiting.resolve(waiting.read(reader) as never);
    } catch (error) {
      waiting.reject(error);
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#peer.stream.destroy();
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
