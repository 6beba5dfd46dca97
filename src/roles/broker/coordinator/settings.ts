/**
 * The settings that a machine knows, out of all those of the broker.
 */
import type { BrokerConfig } from '../config/broker-config.ts';

/** Numbers and booleans under the names of `defaults`; what the broker does not know stays. */
export function settingsFrom<
  Settings extends { readonly [Name in keyof Settings]: number | boolean },
>(config: BrokerConfig, defaults: Settings): Settings {
  const entries = config.entries();
  const settings = Object.entries<number | boolean>(defaults).map(([name, value]) => {
    const text = entries[name];
    if (text === undefined) return [name, value];
    return [name, typeof value === 'boolean' ? text === 'true' : Number(text)];
  });
  return Object.fromEntries(settings) as Settings;
}
