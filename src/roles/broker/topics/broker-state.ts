/**
 * What a broker keeps besides its logs, in one JSON file of its directory: settings of topics, the
 * next producer id, users and their SCRAM keys, access rules, quotas.
 *
 * Every change is on disk (written beside, renamed over) before it is acted upon.
 * Damage: a file that does not parse fails the start (KAFKA_STATE_CORRUPT); nothing is guessed.
 */
import {
  atomicReplaceSync,
  CorruptionError,
  joinPath,
  type FileSystem,
} from '../../../../native-free-io/index.ts';

export interface StoredScramKey {
  readonly iterations: number;
  /** Base64. */
  readonly salt: string;
  readonly storedKey: string;
  readonly serverKey: string;
}

export interface StoredAcl {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly patternType: number;
  readonly principal: string;
  readonly host: string;
  readonly operation: number;
  readonly permission: number;
}

export interface StoredQuota {
  /** Null: the default of that kind; absent: any. */
  readonly user?: string | null;
  readonly clientId?: string | null;
  readonly ip?: string | null;
  readonly values: Readonly<Record<string, number>>;
}

export interface StoredTopic {
  readonly id: string;
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

export interface StateContent {
  readonly version: 1;
  readonly topics: Readonly<Record<string, StoredTopic>>;
  /** Names and identifiers of topics whose directories are being removed. */
  readonly deleting: Readonly<Record<string, string>>;
  readonly nextProducerId: number;
  /** By user, then by mechanism. */
  readonly scram: Readonly<Record<string, Readonly<Record<string, StoredScramKey>>>>;
  readonly acls: readonly StoredAcl[];
  readonly quotas: readonly StoredQuota[];
  /** Settings of the broker changed while it ran. */
  readonly brokerConfig: Readonly<Record<string, string>>;
}

const fileName = 'varve-broker.json';
const empty: StateContent = {
  version: 1,
  topics: {},
  deleting: {},
  nextProducerId: 0,
  scram: {},
  acls: [],
  quotas: [],
  brokerConfig: {},
};

export class BrokerState {
  readonly #fs: FileSystem;
  readonly #path: string;
  #content: StateContent;

  private constructor(fs: FileSystem, path: string, content: StateContent) {
    this.#fs = fs;
    this.#path = path;
    this.#content = content;
  }

  static open(fs: FileSystem, dir: string): BrokerState {
    const path = joinPath(dir, fileName);
    return new BrokerState(fs, path, readState(fs, path));
  }

  get content(): StateContent {
    return this.#content;
  }

  /** Replaces parts; durable on return. */
  change(parts: Partial<StateContent>): void {
    const next = { ...this.#content, ...parts };
    atomicReplaceSync(this.#fs, this.#path, new TextEncoder().encode(JSON.stringify(next)));
    this.#content = next;
  }
}

function readState(fs: FileSystem, path: string): StateContent {
  const stat = fs.statSync(path);
  if (stat === undefined) return empty;
  const bytes = new Uint8Array(stat.size);
  const file = fs.openSync(path, 'read');
  try {
    file.readSync(bytes, 0, bytes.length, 0);
  } finally {
    file.closeSync();
  }
  try {
    const content = JSON.parse(new TextDecoder().decode(bytes)) as StateContent;
    if (content.version !== 1) throw new Error(`version ${String(content.version)}, known is 1`);
    return { ...empty, ...content };
  } catch (error) {
    throw new CorruptionError('KAFKA_STATE_CORRUPT', `the broker's state does not parse`, {
      cause: error,
      context: { path },
    });
  }
}
