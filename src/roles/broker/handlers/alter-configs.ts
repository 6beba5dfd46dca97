/** AlterConfigs replaces settings, IncrementalAlterConfigs changes single ones. */
import { StoreError } from '../../../../native-free-io/index.ts';
import type { Broker } from '../broker.ts';
import { brokerRules, checkBrokerSetting } from '../config/broker-config.ts';
import {
  checkTopicConfig,
  describeTopicConfig,
  isListSetting,
  isTopicSetting,
} from '../config/topic-config.ts';
import type { Handler } from '../handler.ts';
import type { RequestContext } from '../request-context.ts';
import { Operation } from '../security/acl-rules.ts';
import { ErrorCode } from '../../shared/error-code.ts';
import { ConfigResource } from './describe-configs.ts';

/** What to do with a setting, as on the wire. */
const ConfigOp = { set: 0, delete: 1, append: 2, subtract: 3 } as const;

type Values = Record<string, string>;

interface Change {
  readonly name: string;
  readonly op: number;
  readonly value: string | null;
}

interface Target {
  readonly type: number;
  readonly name: string;
}

class ConfigRefusal extends Error {
  readonly error: ErrorCode;

  constructor(error: ErrorCode, message: string) {
    super(message);
    this.error = error;
  }
}

export function alterConfigs(broker: Broker): Handler<'alterConfigs'> {
  return (request, context) => ({
    throttleMs: 0,
    results: request.resources.map((resource) =>
      apply(broker, resource, { context, validateOnly: request.validateOnly }, () =>
        Object.fromEntries(
          resource.configs
            .filter(({ value }) => value !== null)
            .map(({ name, value }) => [name, value!]),
        ),
      ),
    ),
  });
}

export function incrementalAlterConfigs(broker: Broker): Handler<'incrementalAlterConfigs'> {
  return (request, context) => ({
    throttleMs: 0,
    results: request.resources.map((resource) =>
      apply(broker, resource, { context, validateOnly: request.validateOnly }, (present) =>
        changed(broker, resource, present, resource.configs),
      ),
    ),
  });
}

function apply(
  broker: Broker,
  target: Target,
  asked: { readonly context: RequestContext; readonly validateOnly: boolean },
  next: (present: Readonly<Values>) => Values,
) {
  const { type, name } = target;
  try {
    if (type === ConfigResource.topic) applyToTopic(broker, name, asked, next);
    else if (type === ConfigResource.broker) applyToBroker(broker, name, asked, next);
    else throw new ConfigRefusal(ErrorCode.invalidRequest, `no settings of kind ${type}`);
    return { error: ErrorCode.none, message: null, type, name };
  } catch (error) {
    const code =
      error instanceof ConfigRefusal
        ? error.error
        : error instanceof StoreError && error.code === 'OPTION_INVALID'
          ? ErrorCode.invalidConfig
          : ErrorCode.unknownServerError;
    return {
      error: code,
      message: error instanceof Error ? error.message : String(error),
      type,
      name,
    };
  }
}

function applyToTopic(
  broker: Broker,
  name: string,
  asked: { readonly context: RequestContext; readonly validateOnly: boolean },
  next: (present: Readonly<Values>) => Values,
): void {
  if (!broker.authorizer.allowsTopic(asked.context, Operation.alterConfigs, name)) {
    throw new ConfigRefusal(ErrorCode.topicAuthorizationFailed, 'not allowed');
  }
  const topic = broker.topics.get(name);
  if (topic === undefined) {
    throw new ConfigRefusal(ErrorCode.unknownTopicOrPartition, `no topic '${name}'`);
  }
  const config = next(topic.config);
  checkTopicConfig(config);
  if (!asked.validateOnly) broker.topics.configure(topic, config);
}

function applyToBroker(
  broker: Broker,
  name: string,
  asked: { readonly context: RequestContext; readonly validateOnly: boolean },
  next: (present: Readonly<Values>) => Values,
): void {
  if (!broker.authorizer.allowsCluster(asked.context, Operation.alterConfigs)) {
    throw new ConfigRefusal(ErrorCode.clusterAuthorizationFailed, 'not allowed');
  }
  if (name !== '' && name !== String(broker.nodeId)) {
    throw new ConfigRefusal(ErrorCode.invalidRequest, `no broker ${name} here`);
  }
  const before = broker.state.content.brokerConfig;
  const config = next(before);
  for (const [key, value] of Object.entries(config)) {
    checkBrokerSetting(key, value);
    if (before[key] !== value && brokerRules[key]!.isDynamic !== true) {
      throw new ConfigRefusal(ErrorCode.invalidRequest, `${key} cannot be changed while it runs`);
    }
  }
  if (asked.validateOnly) return;
  broker.state.change({ brokerConfig: config });
  for (const key of Object.keys(before)) broker.config.reset(key);
  for (const [key, value] of Object.entries(config)) broker.config.set(key, value);
}

/** The settings with the changes made; appending and subtracting work on lists only. */
function changed(
  broker: Broker,
  target: Target,
  present: Readonly<Values>,
  changes: readonly Change[],
): Values {
  const values: Values = { ...present };
  const seen = new Set<string>();
  for (const { name, op, value } of changes) {
    if (seen.has(name)) throw new ConfigRefusal(ErrorCode.invalidRequest, `${name} is there twice`);
    seen.add(name);
    if (op === ConfigOp.delete) delete values[name];
    else if (op === ConfigOp.set) values[name] = value ?? '';
    else if (op === ConfigOp.append || op === ConfigOp.subtract) {
      if (target.type !== ConfigResource.topic || !isTopicSetting(name) || !isListSetting(name)) {
        throw new ConfigRefusal(ErrorCode.invalidConfig, `${name} is not a list`);
      }
      const inForce = describeTopicConfig(broker.topics.settingsOf(values));
      const parts = split(inForce.find((one) => one.name === name)?.value ?? '');
      const given = split(value ?? '');
      const kept = parts.filter((part) => !given.includes(part));
      values[name] = (op === ConfigOp.append ? [...kept, ...given] : kept).join(',');
    } else throw new ConfigRefusal(ErrorCode.invalidRequest, `no operation ${op}`);
  }
  return values;
}

function split(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
