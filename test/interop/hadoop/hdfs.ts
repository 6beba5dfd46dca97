/** A NameNode and a DataNode in a JVM, spoken to by name. */
import type { HadoopJvm, Printed } from './jvm.ts';

export interface NameNodeIds {
  readonly uri: string;
  readonly clusterId: string;
  readonly blockPoolId: string;
  readonly namespaceId: number;
  readonly cTime: number;
}

export interface HdfsBlock {
  readonly id: string;
  readonly generationStamp: number;
  readonly length: number;
  readonly locations: number;
  readonly corrupt: boolean;
}

export interface HdfsReplica {
  readonly storage: string;
  readonly id: string;
  readonly generationStamp: number;
  readonly length: number;
  readonly state: string;
}

type Settings = Readonly<Record<string, string>>;

export class Hdfs {
  readonly #jvm: HadoopJvm;

  constructor(jvm: HadoopJvm) {
    this.#jvm = jvm;
  }

  startNameNode(dir: string, settings: Settings = {}, format = true): Promise<NameNodeIds> {
    return this.#jvm.request('hdfs.startNameNode', { dir, settings, format });
  }

  startDataNode(dirs: readonly string[], settings: Settings = {}): Promise<{ uuid: string }> {
    return this.#jvm.request('hdfs.startDataNode', { dirs, settings });
  }

  stopDataNode(): Promise<unknown> {
    return this.#jvm.request('hdfs.stopDataNode', {});
  }

  stop(): Promise<unknown> {
    return this.#jvm.request('hdfs.stop', {});
  }

  /** What the DataNode reports. */
  replicas(): Promise<HdfsReplica[]> {
    return this.#jvm.request('hdfs.replicas', {});
  }

  blocks(path: string): Promise<HdfsBlock[]> {
    return this.#jvm.request('hdfs.blocks', { path });
  }

  write(path: string, bytes: Uint8Array, options: { blockSize?: number; append?: boolean } = {}) {
    return this.#jvm.request('hdfs.write', { path, base64: base64(bytes), ...options });
  }

  /** Writes, flushes and leaves the file open. */
  hold(path: string, bytes: Uint8Array, options: { sync?: boolean; append?: boolean } = {}) {
    return this.#jvm.request('hdfs.hold', { path, base64: base64(bytes), ...options });
  }

  async read(path: string): Promise<Buffer> {
    const answer = await this.#jvm.request<{ base64: string }>('hdfs.read', { path });
    return Buffer.from(answer.base64, 'base64');
  }

  checksum(path: string, mode: 'MD5MD5CRC' | 'COMPOSITE_CRC') {
    return this.#jvm.request<{ algorithm: string; hex: string }>('hdfs.checksum', { path, mode });
  }

  /** `hdfs debug`. */
  debug(...argv: string[]): Promise<Printed> {
    return this.#jvm.tool('org.apache.hadoop.hdfs.tools.DebugAdmin', argv);
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
