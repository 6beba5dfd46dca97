/** DescribeConfigs: settings of topics and of the broker, with where each value comes from. */
import type { Broker } from '../broker.ts';
import { brokerRules } from '../config/broker-config.ts';
import { ConfigType, describeTopicConfig } from '../config/topic-config.ts';
import { brokerSettingText, topicSettingText } from '../config/setting-texts.ts';
import type { Handler } from '../handler.ts';
import type {
  DescribeConfigsRequestResource,
  DescribeConfigsResponseResult,
  DescribeConfigsResponseResultConfig,
} from '../protocol/generated/describe-configs.ts';
import type { RequestContext } from '../request-context.ts';
import { Operation } from '../security/acl-rules.ts';
import { ErrorCode } from '../../shared/error-code.ts';

/** Kinds of things that have settings, as on the wire. */
export const ConfigResource = { topic: 2, broker: 4, brokerLogger: 8 } as const;

/** Where a value comes from, as on the wire. */
export const ConfigSource = {
  topic: 1,
  broker: 2,
  cluster: 3,
  static: 4,
  default: 5,
} as const;

interface Options {
  readonly includeSynonyms: boolean;
  readonly includeDocs: boolean;
}

export function describeConfigs(broker: Broker): Handler<'describeConfigs'> {
  return (request, context) => ({
    throttleMs: 0,
    results: request.resources.map((asked) => {
      const { type, name } = asked;
      const answer = describeOne(broker, asked, context, request);
      return { message: null, type, name, configs: [], ...answer };
    }),
  });
}

type Part = Pick<DescribeConfigsResponseResult, 'error'> &
  Partial<Pick<DescribeConfigsResponseResult, 'message' | 'configs'>>;

function describeOne(
  broker: Broker,
  asked: DescribeConfigsRequestResource,
  context: RequestContext,
  options: Options,
): Part {
  const { authorizer, topics, nodeId } = broker;
  if (asked.type === ConfigResource.topic) {
    if (!authorizer.allowsTopic(context, Operation.describeConfigs, asked.name)) {
      return { error: ErrorCode.topicAuthorizationFailed };
    }
    const topic = topics.get(asked.name);
    if (topic === undefined) return { error: ErrorCode.unknownTopicOrPartition };
    const all = topicSettings(broker, topic.config, options);
    return { error: ErrorCode.none, configs: onlyAsked(all, asked.keys) };
  }
  if (!authorizer.allowsCluster(context, Operation.describeConfigs)) {
    return { error: ErrorCode.clusterAuthorizationFailed };
  }
  if (asked.type === ConfigResource.broker && asked.name === String(nodeId)) {
    return {
      error: ErrorCode.none,
      configs: onlyAsked(brokerSettings(broker, options), asked.keys),
    };
  }
  if (asked.type === ConfigResource.broker && asked.name === '') {
    return { error: ErrorCode.none, configs: [] };
  }
  if (asked.type === ConfigResource.brokerLogger) return { error: ErrorCode.none, configs: [] };
  return { error: ErrorCode.invalidRequest, message: `no resource ${asked.type} '${asked.name}'` };
}

function onlyAsked(
  all: DescribeConfigsResponseResultConfig[],
  keys: readonly string[] | null,
): DescribeConfigsResponseResultConfig[] {
  return keys === null ? all : all.filter(({ name }) => keys.includes(name));
}

function topicSettings(
  broker: Broker,
  own: Readonly<Record<string, string>>,
  { includeSynonyms, includeDocs }: Options,
): DescribeConfigsResponseResultConfig[] {
  const { defaults } = broker.topics;
  return describeTopicConfig(broker.topics.settingsOf(own)).map(({ name, type, value }) => {
    const synonyms = [];
    if (Object.hasOwn(own, name)) synonyms.push({ name, value, source: ConfigSource.topic });
    const brokerName = nameAtBroker(name);
    const brokerValue = defaults[name];
    if (brokerName !== undefined && brokerValue !== undefined) {
      synonyms.push({ name: brokerName, value: brokerValue, source: ConfigSource.static });
    }
    const rule = brokerName === undefined ? undefined : brokerRules[brokerName]!;
    if (brokerName !== undefined && rule !== undefined && rule.isUntold !== true) {
      synonyms.push({ name: brokerName, value: rule.default, source: ConfigSource.default });
    }
    return {
      name,
      value,
      readOnly: false,
      source: synonyms[0]?.source ?? ConfigSource.default,
      sensitive: false,
      synonyms: includeSynonyms ? synonyms : [],
      configType: type,
      docs: includeDocs ? topicSettingText(name) : null,
    };
  });
}

function nameAtBroker(topicSetting: string): string | undefined {
  return Object.keys(brokerRules).find((name) => brokerRules[name]!.topic === topicSetting);
}

function brokerSettings(
  broker: Broker,
  { includeSynonyms, includeDocs }: Options,
): DescribeConfigsResponseResultConfig[] {
  const { config, state } = broker;
  return Object.entries(brokerRules).map(([name, rule]) => {
    const value = rule.type === ConfigType.password ? null : config.text(name);
    const source = Object.hasOwn(state.content.brokerConfig, name)
      ? ConfigSource.broker
      : config.given.has(name)
        ? ConfigSource.static
        : ConfigSource.default;
    return {
      name,
      value,
      readOnly: rule.isDynamic !== true,
      source,
      sensitive: rule.type === ConfigType.password,
      synonyms: includeSynonyms ? [{ name, value, source }] : [],
      configType: rule.type,
      docs: includeDocs ? brokerSettingText(name, rule.topic) : null,
    };
  });
}
