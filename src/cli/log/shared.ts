/** What several log commands have in common: codec and configuration flags. */
import {
  codecNames,
  logConfigNames,
  type CodecName,
  type LogConfigInput,
} from '../../log/index.ts';
import { UsageError, type OptionSpec } from '../command.ts';
import { nearestName } from '../suggest.ts';

export const codecOption: OptionSpec & { parse(flag: string | boolean | undefined): CodecName } = {
  type: 'string',
  value: 'NAME',
  help: `compression: ${codecNames.join(', ')} (default none)`,
  parse(flag) {
    if (flag === undefined) return 'none';
    const name = codecNames.find((candidate) => candidate === flag);
    if (name === undefined) {
      throw new UsageError(`--codec: expected one of ${codecNames.join(', ')}, got '${flag}'`);
    }
    return name;
  },
};

export const configFlag: OptionSpec = {
  type: 'string',
  value: 'K=V,…',
  help: "settings of a topic under Kafka's names, as segment.bytes=1048576",
};

/** Splits `a=1,b=2`, also where a value holds commas; names are checked here, values by the log. */
export function parseConfig(flag: string | boolean | undefined): LogConfigInput {
  if (flag === undefined) return {};
  const entries: [string, string][] = [];
  for (const pair of String(flag).split(/,(?=[a-z.]+=)/)) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, at).trim();
    if (at < 1) throw new UsageError(`--config: expected NAME=VALUE, got '${pair}'`);
    if (!(logConfigNames as readonly string[]).includes(name)) {
      const nearest = nearestName(name, logConfigNames);
      const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
      throw new UsageError(`--config: no setting '${name}'${hint}`);
    }
    entries.push([name, pair.slice(at + 1).trim()]);
  }
  return Object.fromEntries(entries);
}
