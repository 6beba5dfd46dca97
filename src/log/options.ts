/**
 * The topic-level settings that concern the log, with Kafka's names, defaults and bounds.
 *
 * Values may be given as numbers, booleans or strings (as a properties file would have them).
 * Unknown keys are refused, so that a misspelt setting is not silently without effect.
 *
 * Upstream: apache/kafka: storage/.../log/LogConfig.java, defaults of the 3.9 line
 * (docs/upstream.md lists where 4.x differs).
 */
import { InvalidArgumentError } from '../../native-free-io/index.ts';

/** Kafka's "never" and "without limit": 2^63 - 1 on disk and wire, Infinity in memory. */
export const unlimited: number = Number.POSITIVE_INFINITY;
const maxLongText = '9223372036854775807';
const maxInt = 0x7fffffff;

export type CompressionType = 'producer' | 'uncompressed' | 'gzip' | 'snappy' | 'lz4' | 'zstd';
export type TimestampType = 'CreateTime' | 'LogAppendTime';

/** Every setting, resolved. Sizes in bytes, times in milliseconds. */
export interface LogConfig {
  readonly 'segment.bytes': number;
  readonly 'segment.ms': number;
  readonly 'segment.jitter.ms': number;
  readonly 'segment.index.bytes': number;
  readonly 'index.interval.bytes': number;
  readonly 'retention.ms': number;
  readonly 'retention.bytes': number;
  readonly 'cleanup.policy': string;
  readonly 'file.delete.delay.ms': number;
  readonly 'delete.retention.ms': number;
  readonly 'min.cleanable.dirty.ratio': number;
  readonly 'min.compaction.lag.ms': number;
  readonly 'max.compaction.lag.ms': number;
  readonly 'flush.messages': number;
  readonly 'flush.ms': number;
  readonly 'max.message.bytes': number;
  readonly 'message.timestamp.type': TimestampType;
  readonly 'message.timestamp.before.max.ms': number;
  readonly 'message.timestamp.after.max.ms': number;
  readonly 'compression.type': CompressionType;
  readonly 'compression.gzip.level': number;
  readonly 'compression.lz4.level': number;
  readonly 'compression.zstd.level': number;
  readonly preallocate: boolean;
}

/** What a caller may pass: any subset, values as in Kafka's own configuration files. */
export type LogConfigInput = {
  readonly [K in keyof LogConfig]?: LogConfig[K] | string;
};

interface NumberRule {
  kind: 'int' | 'long' | 'double';
  default: number;
  min: number;
  max: number;
  /** A value in between that is none. */
  except?: number;
}

type Rule =
  | NumberRule
  | { kind: 'text'; default: string; allowed: (value: string) => boolean; expects: string }
  | { kind: 'boolean'; default: boolean };

const int = (value: number, min = 0, max = maxInt): NumberRule => ({
  kind: 'int',
  default: value,
  min,
  max,
});
const long = (value: number, min = 0): NumberRule => ({
  kind: 'long',
  default: value,
  min,
  max: unlimited,
});
const oneOf = (value: string, names: readonly string[]): Rule => ({
  kind: 'text',
  default: value,
  allowed: (text) => names.includes(text),
  expects: `one of ${names.join(', ')}`,
});

const rules: Readonly<Record<keyof LogConfig, Rule>> = {
  'segment.bytes': int(1 << 30, 14),
  'segment.ms': long(604_800_000, 1),
  'segment.jitter.ms': long(0),
  'segment.index.bytes': int(10_485_760, 4),
  'index.interval.bytes': int(4096),
  'retention.ms': long(604_800_000, -1),
  'retention.bytes': long(-1, -1),
  'cleanup.policy': {
    kind: 'text',
    default: 'delete',
    allowed: (text) =>
      text.split(',').every((part) => part.trim() === 'delete' || part.trim() === 'compact'),
    expects: 'a list of delete, compact',
  },
  'file.delete.delay.ms': long(60_000),
  'delete.retention.ms': long(86_400_000),
  'min.cleanable.dirty.ratio': { kind: 'double', default: 0.5, min: 0, max: 1 },
  'min.compaction.lag.ms': long(0),
  'max.compaction.lag.ms': long(unlimited, 1),
  'flush.messages': long(unlimited, 1),
  'flush.ms': long(unlimited),
  'max.message.bytes': int(1_048_588),
  'message.timestamp.type': oneOf('CreateTime', ['CreateTime', 'LogAppendTime']),
  'message.timestamp.before.max.ms': long(unlimited),
  'message.timestamp.after.max.ms': long(unlimited),
  'compression.type': oneOf('producer', [
    'producer',
    'uncompressed',
    'gzip',
    'snappy',
    'lz4',
    'zstd',
  ]),
  'compression.gzip.level': { ...int(-1, -1, 9), except: 0 },
  'compression.lz4.level': int(9, 1, 17),
  'compression.zstd.level': int(3, -131_072, 22),
  preallocate: { kind: 'boolean', default: false },
};

/** Names of all settings, in Kafka's spelling. */
export const logConfigNames: readonly (keyof LogConfig)[] = Object.keys(
  rules,
) as (keyof LogConfig)[];

/** Fills in defaults, checks every value, freezes the result. */
export function resolveLogConfig(input: LogConfigInput = {}): LogConfig {
  const values: Record<string, number | string | boolean> = {};
  for (const name of logConfigNames) values[name] = rules[name].default;
  for (const [name, value] of Object.entries(input)) {
    if (!Object.hasOwn(rules, name)) throw invalid(name, value, 'a known setting');
    const rule = rules[name as keyof LogConfig];
    if (value !== undefined) values[name] = parse(name, rule, value);
  }
  const [least, most] = [values['min.compaction.lag.ms']!, values['max.compaction.lag.ms']!];
  if (least > most) {
    throw invalid('min.compaction.lag.ms', least, `at most max.compaction.lag.ms ${String(most)}`);
  }
  // Built up key by key an object is a hash table to V8; a copy of it has fixed places, and every
  // append looks up ten settings.
  return Object.freeze({ ...values }) as unknown as LogConfig;
}

export function isCompacted(config: LogConfig): boolean {
  return config['cleanup.policy'].includes('compact');
}

export function isDeleting(config: LogConfig): boolean {
  return config['cleanup.policy'].includes('delete');
}

function parse(name: string, rule: Rule, value: unknown): number | string | boolean {
  if (rule.kind === 'boolean') {
    if (value === true || value === 'true') return true;
    if (value === false || value === 'false') return false;
    throw invalid(name, value, 'true or false');
  }
  if (rule.kind === 'text') {
    if (typeof value === 'string' && value !== '' && rule.allowed(value)) return value;
    throw invalid(name, value, rule.expects);
  }
  const expects = `${rule.kind === 'double' ? 'a number' : 'a whole number'} from ${rule.min} to ${rule.max === unlimited ? maxLongText : rule.max}`;
  const number = toNumber(value);
  const whole = rule.kind === 'double' || Number.isSafeInteger(number) || number === unlimited;
  const outside = Number.isNaN(number) || number < rule.min || number > rule.max;
  if (outside || !whole || number === rule.except) {
    const but = rule.except === undefined ? '' : `, not ${rule.except}`;
    throw invalid(name, value, expects + but);
  }
  return number;
}

function toNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return Number.NaN;
  return value.trim() === maxLongText ? unlimited : Number(value);
}

function invalid(name: string, value: unknown, expects: string): InvalidArgumentError {
  return new InvalidArgumentError(
    'OPTION_INVALID',
    `${name}: expected ${expects}, got ${String(value)}`,
  );
}
