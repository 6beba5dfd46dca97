/**
 * Settings of a topic by Kafka's names: those of its logs, and those that only a broker looks at.
 *
 * Upstream: apache/kafka: storage/.../log/LogConfig.java, clients/.../config/TopicConfig.java;
 *           names and defaults kept.
 */
import { InvalidArgumentError } from '../../../../native-free-io/index.ts';
import { logConfigNames, resolveLogConfig, type LogConfigInput } from '../../../log/index.ts';

/** As DescribeConfigs numbers them. */
export const ConfigType = {
  boolean: 1,
  string: 2,
  int: 3,
  short: 4,
  long: 5,
  double: 6,
  list: 7,
  class: 8,
  password: 9,
} as const;
export type ConfigType = (typeof ConfigType)[keyof typeof ConfigType];

interface BrokerRule {
  readonly type: ConfigType;
  readonly default: string;
}

/** What the log knows nothing of. */
const brokerRules: Readonly<Record<string, BrokerRule>> = {
  'follower.replication.throttled.replicas': { type: ConfigType.list, default: '' },
  'leader.replication.throttled.replicas': { type: ConfigType.list, default: '' },
  'message.downconversion.enable': { type: ConfigType.boolean, default: 'true' },
  'message.format.version': { type: ConfigType.string, default: '3.0-IV1' },
  'message.timestamp.difference.max.ms': { type: ConfigType.long, default: '9223372036854775807' },
  'min.insync.replicas': { type: ConfigType.int, default: '1' },
  'remote.storage.enable': { type: ConfigType.boolean, default: 'false' },
  'unclean.leader.election.enable': { type: ConfigType.boolean, default: 'false' },
};

const unlimitedText = '9223372036854775807';
const listNames = new Set(['cleanup.policy']);
const logNames = new Set<string>(logConfigNames);

export interface TopicSetting {
  readonly name: string;
  readonly type: ConfigType;
  readonly value: string;
}

export function isTopicSetting(name: string): boolean {
  return logNames.has(name) || Object.hasOwn(brokerRules, name);
}

export function isListSetting(name: string): boolean {
  return listNames.has(name) || brokerRules[name]?.type === ConfigType.list;
}

/** The part of settings that logs take. */
export function logSettings(config: Readonly<Record<string, string>>): LogConfigInput {
  return Object.fromEntries(Object.entries(config).filter(([name]) => logNames.has(name)));
}

/** Throws InvalidArgumentError naming the first setting that is unknown or out of range. */
export function checkTopicConfig(config: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(config)) {
    const rule = brokerRules[name];
    if (rule !== undefined) checkBrokerRule(name, rule, value);
    else if (!logNames.has(name)) throw invalid(`Unknown topic config name: ${name}`);
  }
  resolveLogConfig(logSettings(config));
}

function checkBrokerRule(name: string, rule: BrokerRule, value: string): void {
  const isFine =
    rule.type === ConfigType.boolean
      ? value === 'true' || value === 'false'
      : rule.type === ConfigType.int
        ? /^\d{1,9}$/.test(value) && Number(value) >= 1
        : true;
  if (!isFine) throw invalid(`Invalid value ${value} for configuration ${name}`);
}

/** All settings of a topic with the values in force. */
export function describeTopicConfig(config: Readonly<Record<string, string>>): TopicSetting[] {
  const resolved = resolveLogConfig(logSettings(config));
  const ofLog = logConfigNames.map((name) => ({
    name,
    type: logType(name, resolved[name]),
    value: valueText(resolved[name]),
  }));
  const ofBroker = Object.entries(brokerRules).map(([name, rule]) => ({
    name,
    type: rule.type,
    value: config[name] ?? rule.default,
  }));
  return [...ofLog, ...ofBroker].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function logType(name: string, value: unknown): ConfigType {
  if (listNames.has(name)) return ConfigType.list;
  if (typeof value === 'boolean') return ConfigType.boolean;
  if (typeof value === 'string') return ConfigType.string;
  if (name.endsWith('ratio')) return ConfigType.double;
  return /\.ms$|retention\.bytes|flush\.messages/.test(name) ? ConfigType.long : ConfigType.int;
}

function valueText(value: unknown): string {
  return value === Number.MAX_SAFE_INTEGER || value === Infinity ? unlimitedText : String(value);
}

function invalid(message: string): InvalidArgumentError {
  return new InvalidArgumentError('OPTION_INVALID', message);
}
